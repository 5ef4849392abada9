"""What GPT-2's heads explain beyond position and word length, through the warehouse, against independent numbers."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import cloned
from tests.real.test_acceptance import DATA, GPT2, PUBLISHED, QUIET, ingest
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

GOLDEN = DATA / "golden/science"
pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]
SETS = ("trivial3", "position45", "baseline47")
GROUPS = [(rule, group) for rule in ("first_three", "consecutive") for group in ("L1", "L2")]
HELD_OUT = {"in_sample": "nothing", "leave_article_out": "article"}


@pytest.fixture(scope="module")
def partitioned(
    cluster: EmbeddedServer, readers_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Layer 3 of GPT-2 as published, all sets."""
    layer = tmp_path_factory.mktemp("gpt2")
    (layer / "rb_p1_layer3.npy").symlink_to(PUBLISHED / "model_attention/gpt2/large/rb_p1_layer3.npy")
    with cloned(cluster, readers_template) as database:
        ingest(database, "attention_arrays", layer, as_published=True, **GPT2)
        chosen = {"quantity": ["saccade_count"], "predictor_set": list(SETS)}
        pipeline.compute(database, "unique_variance", chosen, progress=QUIET)
        yield database


def golden(name: str) -> list[dict[str, str]]:
    with (GOLDEN / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def numbers(database: Database, question: str, *arguments: Any) -> dict[Any, list[float]]:
    with database.connect(read_only=True) as connection:
        return {key: values for key, *values in connection.execute(question, arguments).fetchall()}


def of_group(name: str, rule: str, group: str) -> list[dict[str, str]]:
    return [row for row in golden(name) if (row["rule"], row["group"]) == (rule, group)]


@pytest.mark.parametrize(("rule", "group"), GROUPS)
def test_r2_of_every_design_equals_the_golden_one(partitioned: Database, rule: str, group: str) -> None:
    question = """
        SELECT predictor_set || ' ' || held_out, set_r2, heads_r2, joint_r2, set_se, heads_se, joint_se, subject_count,
            set_rank, heads_rank, joint_rank
        FROM mart.unique_variance WHERE measure = 'saccade_count/' || %s AND language_group = %s
    """
    found, compared = numbers(partitioned, question, rule, group), 0
    for row in of_group("a_baseline_unique", rule, group):
        if not row["rank"]:
            continue
        chosen = row["design"].removesuffix("+gpt2_L3").replace("gpt2_L3", "trivial3")
        fit = ("gpt2_L3" in row["design"]) + ("+" in row["design"])
        for held_out, value, error in (("nothing", "r2_or_unique", "se"), ("article", "cv_article_r2", "cv_se")):
            r2 = found[f"{chosen} {held_out}"]
            expected = [float(row[name]) for name in (value, error, "readers", "rank")]
            assert [r2[fit], r2[fit + 3], r2[6], r2[fit + 7]] == pytest.approx(expected, abs=1e-8), row["design"]
            compared += 1
    assert compared == 12


@pytest.mark.parametrize(("rule", "group"), GROUPS)
def test_what_is_unique_equals_the_golden_values(partitioned: Database, rule: str, group: str) -> None:
    question = """
        SELECT predictor_set || ' ' || held_out, unique_r2, unique_se, set_unique_r2, set_unique_se
        FROM mart.unique_variance WHERE measure = 'saccade_count/' || %s AND language_group = %s
    """
    found, compared = numbers(partitioned, question, rule, group), 0
    for row in of_group("a_baseline_unique", rule, group):
        if row["design"].startswith("unique("):
            what, kind = row["design"].removeprefix("unique(").split(") ")
            of, over = what.split(" over ")
            chosen, side = (over, slice(0, 2)) if of == "gpt2_L3" else (of, slice(2, 4))
            expected = [float(row["r2_or_unique"]), float(row["se"])]
            assert found[f"{chosen} {HELD_OUT[kind]}"][side] == pytest.approx(expected, abs=1e-8), row["design"]
            compared += 1
    assert compared == 8


@pytest.mark.parametrize(("rule", "group"), GROUPS)
def test_every_reader_has_the_golden_values(partitioned: Database, rule: str, group: str) -> None:
    question = """
        SELECT predictor_set || ' ' || held_out || ' ' || subject_label, set_r2, heads_r2, joint_r2
        FROM mart.reader_unique_variance WHERE measure = 'saccade_count/' || %s AND language_group = %s
    """
    found, compared = numbers(partitioned, question, rule, group), 0
    for row in of_group("a_per_reader", rule, group):
        for kind, held_out in (("r2", "nothing"), ("cv", "article")):
            for chosen in ("trivial3", "baseline47"):
                names = (chosen, "gpt2_L3", f"{chosen}+gpt2_L3")
                expected = [float(row[f"{name}:{kind}"]) for name in names]
                r2 = found[f"{chosen} {held_out} {group}/{row['reader']}"]
                assert r2 == pytest.approx(expected, abs=1e-8), row["reader"]
                compared += 1
    assert compared == 4 * len(of_group("a_per_reader", rule, group)) > 200


@pytest.mark.parametrize(("rule", "group"), GROUPS)
def test_something_is_left_beyond_position_and_length_and_little(partitioned: Database, rule: str, group: str) -> None:
    question = """
        SELECT held_out, unique_r2, corrected_unique_r2, unique_low, unique_high, p_one_sided
        FROM mart.unique_variance
        WHERE predictor_set = 'baseline47' AND measure = 'saccade_count/' || %s AND language_group = %s
    """
    found = numbers(partitioned, question, rule, group)
    assert found["article"][0] < found["sentence"][0] < found["nothing"][1] < found["nothing"][0] < 0.012
    assert 0.003 < found["nothing"][2] < found["nothing"][1] < found["nothing"][3]
    assert found["article"][4] < 0.01
