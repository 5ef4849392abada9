"""Default marts hold one row per thing, and every result mart has one."""

from psycopg import sql

from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.progress import Progress
from warehouse.schema import star
from warehouse.schema.sqlfiles import sql_files

MARTS = {file.path.stem for file in sql_files() if file.schema == "mart"}
CHOSEN = (
    "condition", "method", "measure", "saccade_rule", "reading_ordinal", "leave_out", "pattern_set", "predictor_set",
    "held_out", "score_kind", "model_choice", "statistic", "cluster_kind", "quantity", "depth_kind", "divergence_kind",
    "seed", "mass_source",
)  # fmt: skip
"""What a default mart chooses one of."""
MARKED_ONLY = {"extraction", "fixation", "word_measure", "word_reading", "reading_measure"}
"""Marts of one row per thing but for later readings or other attention, which their is_default marks."""


def columns(database: Database) -> dict[str, list[str]]:
    with database.connect(read_only=True) as connection:
        found: dict[str, list[str]] = {name: [] for name in MARTS}
        for mart, column in connection.execute(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
            "WHERE relnamespace = 'mart'::regnamespace AND attnum > 0 ORDER BY attnum"
        ):
            found[mart].append(column)
    return found


def test_a_mart_that_marks_the_default_has_a_companion_that_shows_it(study: Database):
    marked = {name for name, has in columns(study).items() if "is_default" in has and not name.endswith("_default")}
    assert {f"{name}_default" for name in marked - MARKED_ONLY} == {name for name in MARTS if name.endswith("_default")}


def test_every_mart_of_results_of_a_measure_marks_the_default_or_is_one(study: Database):
    unmarked = {name for name, has in columns(study).items() if "run_id" in has and "is_default" not in has}
    ledger = {"run", "lease", "provenance"}
    assert unmarked - ledger == {"resemblance_leaderboard", "leave_out_effect"}


def test_a_default_mart_chooses_one_of_everything_that_multiplies_rows(study: Database):
    several = []
    with study.connect(read_only=True) as connection:
        for name, has in columns(study).items():
            for column in set(CHOSEN) & set(has) if name.endswith("_default") else ():
                count = sql.SQL("SELECT count(DISTINCT {}::text) FROM mart.{}")
                ((found,),) = connection.execute(count.format(sql.Identifier(column), sql.Identifier(name)))
                several += [(name, column)] if found > 1 else []
    assert several == []


def test_a_key_names_one_row_of_its_mart_whatever_was_computed(study: Database):
    """A set of predictors gives more fits of the same layer; a divergence is of two layers that one run loaded."""
    small = {**STUDY, "model": ["simulated-small"]}
    for analysis, chosen in (
        ("ridge_resemblance", small),
        ("ridge_resemblance", small | {"predictor_set": ["trivial3"]}),
        ("attention_divergence", {}),
    ):
        pipeline.compute(study, analysis, chosen, progress=Progress(quiet=True))
    with study.connect(read_only=True) as connection:
        described = connection.execute(
            "SELECT relname, obj_description(oid) FROM pg_class WHERE relnamespace = 'mart'::regnamespace"
        ).fetchall()
        keys = {name: star.key(text) for name, text in described if name != "attention_cell"}
        assert set(keys) == MARTS - {"attention_cell"} and all(keys.values())
        doubled = "SELECT count(*) FROM (SELECT FROM mart.{} GROUP BY {} HAVING count(*) > 1) AS doubled"
        for name, columns_of_key in keys.items():
            named = sql.SQL(", ").join(map(sql.Identifier, columns_of_key))
            question = sql.SQL(doubled).format(sql.Identifier(name), named)
            assert connection.execute(question).fetchone() == (0,), name
        fits = "SELECT count(*), count(DISTINCT fitted) FROM mart.{} WHERE model = 'simulated-small'"
        for name, expected in (("resemblance_variant_default", 1), ("resemblance_variant", 3)):
            ((found, fitted),) = connection.execute(fits.format(name).encode())
            assert found and fitted == expected


def test_every_mart_about_readers_names_each_uniquely_and_has_the_key(study: Database):
    of_readers = {name: has for name, has in columns(study).items() if {"reader", "subject_label"} & set(has)}
    assert {name for name, has in of_readers.items() if not {"reader", "subject_id"} <= set(has)} == set()
    with study.connect(read_only=True) as connection:
        for name in of_readers:
            pairs = sql.SQL("SELECT count(DISTINCT reader), count(DISTINCT subject_id) FROM mart.{}")
            ((names, keys),) = connection.execute(pairs.format(sql.Identifier(name)))
            assert names == keys, name


def test_layers_stand_beside_their_depth_and_extractions(study: Database):
    found = columns(study)
    with_layers = {name: has for name, has in found.items() if "layer" in has}
    assert {name for name, has in with_layers.items() if "relative_depth" not in has} == set()
    unkeyed = {name for name, has in with_layers.items() if "extraction_id" not in has}
    assert unkeyed == {name for name in with_layers if name.startswith("head_divergence")}  # which has one of each side


def test_no_array_of_small_integers_and_no_array_or_json_without_something_plain_beside_it(study: Database):
    with study.connect(read_only=True) as connection:
        arrays = connection.execute(
            "SELECT relname, attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid "
            "WHERE relnamespace = 'mart'::regnamespace AND attnum > 0 AND (typcategory = 'A' OR typname = 'jsonb')"
        ).fetchall()
    assert [row for row in arrays if row[2] == "smallint[]"] == []
    has = columns(study)
    beside = {"usage_warnings": "warnings", "leave_out": "is_whole_text"}
    bare = [(mart, name) for mart, name, _ in arrays if beside.get(name, f"{name}_text") not in has[mart]]
    assert bare == []
