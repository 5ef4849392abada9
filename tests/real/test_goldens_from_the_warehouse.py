"""What attention explains beyond the obvious, of GPT-2 as published: every independent number from the warehouse.

Each question below gives the columns of a file of goldens by the names that they have there, and so says which column
of which mart answers which of them. Other models are compared by the same questions.
"""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from psycopg.rows import dict_row

from tests.conftest import cloned
from tests.real.conftest import DATA, GPT2, PUBLISHED, QUIET, ingest
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

GOLDEN = DATA / "golden/science"
pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]

LAYER = "gpt2-large-layer-3"
"""The model under whose name layer 3 is there alone: what is compared of one layer is computed of one."""
SETS = ("trivial3", "position45", "baseline47")

DESIGNS = """
    SELECT
        split_part(inside.measure, '/', 2) AS rule, inside.language_group AS "group", of.design,
        of.rank, of.rank AS columns, inside.subject_count AS readers, of.r2 AS r2_or_unique, of.se,
        1 - (1 - of.r2) * (inside.cell_count - 1) / (inside.cell_count - of.rank - 1) AS adjusted_r2,
        of.cv_r2 AS cv_article_r2, of.cv_se,
        100 * of.r2 / curve.ceiling AS percent_of_ceiling_self,
        100 * of.cv_r2 / curve.leave_one_out_ceiling AS percent_cv_of_loo
    FROM mart.unique_variance AS inside
    JOIN mart.unique_variance AS held USING (extraction_id, layer, measure, language_group, predictor_set)
    JOIN mart.layer_curve AS curve USING (extraction_id, layer, measure, language_group)
    CROSS JOIN LATERAL (VALUES
        (predictor_set, inside.set_rank, inside.set_r2, inside.set_se, held.set_r2, held.set_se),
        ('gpt2_L3', inside.heads_rank, inside.heads_r2, inside.heads_se, held.heads_r2, held.heads_se),
        (predictor_set || '+gpt2_L3', inside.joint_rank, inside.joint_r2, inside.joint_se, held.joint_r2, held.joint_se)
    ) AS of (design, rank, r2, se, cv_r2, cv_se)
    WHERE inside.model = %(layer)s AND inside.held_out = 'nothing' AND held.held_out = 'article'
"""
UNIQUE = """
    SELECT
        split_part(measure, '/', 2) AS rule, language_group AS "group",
        'unique(' || what || ') ' || CASE held_out WHEN 'nothing' THEN 'in_sample' ELSE 'leave_article_out' END
            AS design,
        columns, subject_count AS readers, r2 AS r2_or_unique, se
    FROM mart.unique_variance
    CROSS JOIN LATERAL (VALUES
        ('gpt2_L3 over ' || predictor_set, heads_rank, unique_r2, unique_se),
        (predictor_set || ' over gpt2_L3', NULL, set_unique_r2, set_unique_se)
    ) AS of (what, columns, r2, se)
    WHERE model = %(layer)s AND held_out <> 'sentence'
"""
READERS = """
    SELECT
        split_part(measure, '/', 2) AS rule, language_group AS "group", split_part(subject_label, '/', 2) AS reader,
        design || CASE held_out WHEN 'nothing' THEN ':r2' ELSE ':cv' END AS design, r2
    FROM mart.reader_unique_variance
    CROSS JOIN LATERAL (VALUES
        (predictor_set, set_r2), ('gpt2_L3', heads_r2), (predictor_set || '+gpt2_L3', joint_r2)
    ) AS of (design, r2)
    WHERE model = %(layer)s AND held_out <> 'sentence'
"""
COUNTS = """
    SELECT
        split_part(measure, '/', 2) AS rule, language_group AS "group",
        CASE fitted WHEN 'heads' THEN 'gpt2_L3' WHEN 'set' THEN predictor_set ELSE predictor_set || '+gpt2_L3' END
            AS design,
        CASE WHEN penalty = 1 THEN 'ridge1' ELSE 'mle' END AS penalty,
        subject_count AS readers, d2 AS d2_mean, d2_se, dispersion AS dispersion_mean,
        CASE WHEN penalty = 1 THEN cv_d2 END AS cv_article_d2_mean,
        CASE WHEN penalty = 1 THEN standard_error END AS cv_article_d2_se
    FROM mart.count_model WHERE model = %(layer)s
"""
RIDGE = """
    SELECT
        split_part(measure, '/', 2) AS rule, language_group AS "group",
        CASE
            WHEN variant = 'head_averaged' THEN 'gpt2_L3 head-averaged column'
            WHEN fitted = 'heads' THEN 'gpt2_L3 all heads'
            WHEN fitted = 'set' THEN predictor_set
            ELSE 'gpt2_L3 all heads + ' || predictor_set
        END AS design,
        CASE variant WHEN 'ridge' THEN 'ridge nested alpha' ELSE 'ols' END AS fit,
        CASE variant WHEN 'head_averaged' THEN r2 END AS in_sample_r2, cv_r2 AS cv_article_r2, standard_error AS cv_se,
        100 * cv_resemblance AS percent_of_loo_ceiling, penalty AS geometric_mean_alpha
    FROM mart.resemblance_variant WHERE model = %(layer)s
"""
MEANS_OVER_HEADS = """
    SELECT
        'gpt2' AS model, layer::text, split_part(measure, '/', 2) AS rule, language_group AS "group",
        r2, cv_r2 AS cv_article_r2, pearson_r AS pearson_mean
    FROM mart.resemblance_variant WHERE model = %(model)s AND variant = 'head_averaged'
"""
EXCHANGED = """
    SELECT
        split_part(measure, '/', 2) AS rule, language_group AS "group", draw_count AS permutations,
        exchanged_r2 AS null_mean_r2, exchanged_r2_sd AS null_sd, exchanged_r2_most AS null_max, r2 AS observed_r2
    FROM mart.exchanged_null WHERE model = %(layer)s
"""
DIFFERENCES = """
    SELECT
        split_part(measure, '/', 2) AS rule, all_layers.significant_count AS layers_significant_raw,
        all_layers.significant_over_ceiling_count AS layers_significant_normalised,
        all_layers.layer_total AS layers,
        100 * paper.difference AS percent_difference_in_sample, 100 * paper.interval_low AS low,
        100 * paper.interval_high AS high, 100 * held_out.difference AS percent_difference_cv_over_loo,
        100 * held_out.interval_low AS cv_low, 100 * held_out.interval_high AS cv_high
    FROM mart.group_summary AS all_layers
    JOIN mart.group_difference AS paper USING (measure)
    JOIN mart.group_difference AS held_out USING (measure)
    WHERE
        all_layers.model = %(model)s
        AND paper.model = %(layer)s AND paper.score_kind = 'resemblance'
        AND held_out.model = %(layer)s AND held_out.score_kind = 'cv_resemblance'
"""
DRAWN = {"low", "high", "cv_low", "cv_high"}
"""Ends of intervals over drawn readers: other draws have other ends."""

Rows = dict[tuple[str, ...], dict[str, Any]]


@pytest.fixture(scope="module")
def warehouse(
    cluster: EmbeddedServer, gpt2_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("layer")
    (folder / "rb_p1_layer3.npy").symlink_to(PUBLISHED / "model_attention/gpt2/large/rb_p1_layer3.npy")
    with cloned(cluster, gpt2_template) as database:
        ingest(database, "attention_arrays", folder, as_published=True, **{**GPT2, "model": LAYER})
        compute(database, "head_averaged_resemblance", None)
        compute(database, "group_test", GPT2["model"])
        compute(database, "unique_variance", predictor_set=SETS)
        compute(database, "ridge_resemblance", predictor_set=("none", "baseline47"))
        compute(database, "exchanged_null")
        compute(database, "group_difference")
        yield database


def compute(
    database: Database, analysis: str, model: str | None = LAYER, *, predictor_set: Any = (), **given: Any
) -> None:
    chosen = {"quantity": ["saccade_count"], "predictor_set": list(predictor_set), "model": [model] if model else []}
    pipeline.compute(database, analysis, {name: each for name, each in chosen.items() if each}, progress=QUIET, **given)


def asked(database: Database, question: str, *keys: str) -> Rows:
    """Give the answers by their keys."""
    with database.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(question, {"layer": LAYER, "model": GPT2["model"]}).fetchall()
    return {tuple(row[key] for key in keys): row for row in found}


def golden(name: str) -> list[dict[str, str]]:
    with (GOLDEN / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def compare(rows: list[dict[str, str]], found: Rows, *keys: str, without: Mapping[str, str] = {}) -> None:
    """Compare every number of some golden rows; `without` says which columns are no results, and why."""
    for row in rows:
        answer = found[tuple(row[key] for key in keys)]
        texts = {name: text for name, text in row.items() if name not in (*keys, *without) and text not in ("", "nan")}
        for name, text in texts.items():
            within = {"abs": 0.35} if name in DRAWN else {"rel": 1e-6, "abs": 1e-6}
            assert float(answer[name]) == pytest.approx(float(text), **within), (row, name)


def test_every_design_and_what_is_unique_has_the_golden_numbers(warehouse: Database) -> None:
    rows, keys = golden("a_baseline_unique"), ("rule", "group", "design")
    compare(rows, asked(warehouse, DESIGNS, *keys) | asked(warehouse, UNIQUE, *keys), *keys)


def test_every_reader_has_the_golden_numbers(warehouse: Database) -> None:
    found = asked(warehouse, READERS, "rule", "group", "reader", "design")
    for row in golden("a_per_reader"):
        key = row.pop("rule"), row.pop("group"), row.pop("reader")
        assert row.keys() >= {"trivial3:cv", "position45:cv", "baseline47+gpt2_L3:cv"}
        for design, number in row.items():
            assert found[*key, design]["r2"] == pytest.approx(float(number), abs=1e-6), (key, design)


def test_poisson_regression_has_the_golden_numbers(warehouse: Database) -> None:
    keys = "rule", "group", "design", "penalty"
    compute(warehouse, "count_model", predictor_set=("none", "trivial3"), penalties=(0.0,))
    found = asked(warehouse, COUNTS, *keys)
    compute(warehouse, "count_model", predictor_set=("none", "trivial3", "baseline47"), penalties=(1.0,))
    found |= asked(warehouse, COUNTS, *keys)
    for rule in ("first_three", "consecutive"):
        compare(golden(f"b_poisson_{rule}"), found, *keys, without={"iterations_max": "of another algorithm"})


def test_ridge_and_the_mean_over_heads_have_the_golden_numbers(warehouse: Database) -> None:
    keys = "rule", "group", "design", "fit"
    compare(golden("c_ridge_headavg"), asked(warehouse, RIDGE, *keys), *keys)


def test_the_mean_over_heads_of_every_layer_has_the_golden_numbers(warehouse: Database) -> None:
    keys = "model", "layer", "rule", "group"
    rows = golden("c_headavg_all_layers")
    compare(rows, asked(warehouse, MEANS_OVER_HEADS, *keys), *keys)
    assert len(rows) == 36 * 4


def test_exchanged_attention_explains_what_the_golden_draws_do(warehouse: Database) -> None:
    (row,) = golden("e_permutation_null")
    found = asked(warehouse, EXCHANGED, "rule", "group")["first_three", "L1"]
    assert found["observed_r2"] == pytest.approx(float(row["observed_r2"]), abs=1e-6)
    assert found["permutations"] == int(row["permutations"])
    assert abs(found["null_mean_r2"] - float(row["null_mean_r2"])) < 3 * float(row["null_sd"]) / 10  # of 100 draws
    assert found["null_sd"] == pytest.approx(float(row["null_sd"]), rel=0.3)
    assert abs(found["null_max"] - float(row["null_max"])) < 3 * float(row["null_sd"])


def test_groups_differ_as_the_goldens_say(warehouse: Database) -> None:
    places = {"model": "the file has one", "layer": "which is the model's best"}
    compare(golden("g_normalised_group_difference"), asked(warehouse, DIFFERENCES, "rule"), "rule", without=places)


@pytest.mark.parametrize("rule", ["first_three", "consecutive"])
@pytest.mark.parametrize("group", ["L1", "L2"])
def test_something_is_left_beyond_position_and_length_and_little(warehouse: Database, rule: str, group: str) -> None:
    question = f"""
        SELECT held_out, unique_r2, corrected_unique_r2, unique_low, unique_high, p_one_sided FROM mart.unique_variance
        WHERE model = %(layer)s AND predictor_set = 'baseline47' AND language_group = '{group}'
            AND measure = 'saccade_count/{rule}'
    """
    found = {held_out: row for (held_out,), row in asked(warehouse, question, "held_out").items()}
    inside, article = found["nothing"], found["article"]
    assert article["unique_r2"] < found["sentence"]["unique_r2"] < inside["corrected_unique_r2"]
    assert inside["corrected_unique_r2"] < inside["unique_r2"] < 0.012
    assert 0.003 < inside["unique_low"] < inside["corrected_unique_r2"] < inside["unique_high"]
    assert article["p_one_sided"] < 0.01
