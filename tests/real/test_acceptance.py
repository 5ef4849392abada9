"""The whole way on real data, from files through the warehouse to results, against goldens computed independently."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.asking import rows
from tests.command_line import said
from tests.conftest import cloned
from tests.real.conftest import DATA, GPT2, PUBLISHED, QUIET, ingest
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.slices import Slices

LLAMA = {
    "model": "llama-30b",
    "family": "llama",
    "parameters": 32_528_943_616,
    "stage": "pretrained",
    "layer_count": 60,
}

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "golden").is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]


@pytest.fixture(scope="module")
def warehouse(cluster: EmbeddedServer, gpt2_template: str) -> Iterator[Database]:
    with cloned(cluster, gpt2_template) as database:
        ingest(database, "attention_arrays", PUBLISHED / "model_attention/llama/30B", **LLAMA)
        for number, group in ((1, "L1"), (2, "L2")):
            path = PUBLISHED / f"golden_attention/roi_activations/{group}/activations_angular_p{number}.pkl"
            ingest(database, "roi_values", path, region="angular", group=group)
        pipeline.compute(database, "human_resemblance", {"quantity": ["saccade_count"]}, progress=QUIET)
        pipeline.compute(database, "noise_ceiling", {"quantity": ["saccade_duration"]}, progress=QUIET)
        pipeline.compute(
            database, "human_resemblance", {"region": ["angular"], "model": ["gpt2-large"]}, progress=QUIET
        )
        yield database


def golden(name: str) -> list[dict[str, str]]:
    with (DATA / "golden" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("rule", ["consecutive", "first_three"])
@pytest.mark.parametrize("group", ["L1", "L2"])
def test_saccade_totals_of_every_reader_equal_the_goldens(warehouse: Database, group: str, rule: str) -> None:
    question = """
        SELECT subject_label, sum(saccade_count), sum(saccade_count) FILTER (WHERE to_word <= from_word),
            sum(saccade_count) FILTER (WHERE to_word = from_word),
            sum(landing_duration_ms) FILTER (WHERE to_word <= from_word)
        FROM human.saccade JOIN human.subject USING (subject_id) JOIN human.saccade_rule USING (saccade_rule_id)
        WHERE language_group = %s AND saccade_rule = %s GROUP BY subject_label
    """
    found = {label: totals for label, *totals in rows(warehouse, question, group, rule)}
    suffix = "" if rule == "consecutive" else "_first_three"
    for line in golden(f"saccade_totals_{group}{suffix}"):
        _, label, *totals = line.values()
        assert found[label] == [int(total) for total in totals], label


CEILINGS = {
    ("saccade_count/consecutive", "L1"): (51, 0.1772483, 0.0092916, 0.1464541),
    ("saccade_count/consecutive", "L2"): (55, 0.2878991, 0.0102375, 0.2626909),
    ("saccade_count/first_three", "L1"): (51, 0.1583477, 0.0074191, 0.1267276),
    ("saccade_count/first_three", "L2"): (54, 0.2537628, 0.0093183, 0.2266780),
    ("saccade_duration/consecutive", "L1"): (51, 0.1593567, None, 0.1280414),
    ("saccade_duration/consecutive", "L2"): (55, 0.2639451, None, 0.2378364),
    ("saccade_duration/first_three", "L1"): (51, 0.1398578, None, 0.1077988),
    ("saccade_duration/first_three", "L2"): (54, 0.2214983, None, 0.1933332),
}


@pytest.mark.parametrize(("measure", "group"), CEILINGS)
def test_ceilings_equal_the_goldens(warehouse: Database, measure: str, group: str) -> None:
    question = """
        SELECT ceiling_kind, subject_count, ceiling, standard_error FROM mart.noise_ceiling
        WHERE measure = %s AND language_group = %s AND leave_out = '[]' ORDER BY ceiling_kind
    """
    (_, count, ceiling, error), (_, _, alone, _), _ = rows(warehouse, question, measure, group)  # the last: split-half
    wanted_count, wanted_ceiling, wanted_error, wanted_alone = CEILINGS[measure, group]
    assert count == wanted_count
    assert (ceiling, alone) == pytest.approx((wanted_ceiling, wanted_alone), abs=1e-7)
    assert wanted_error is None or error == pytest.approx(wanted_error, abs=1e-7)


GPT2_SUMMARY = {
    ("consecutive", "L1"): (0.05625465, 0.31738, 0.30546, 0.32681),
    ("consecutive", "L2"): (0.10115122, 0.35134, 0.34435, 0.33834),
    ("first_three", "L1"): (0.05573578, 0.35198, 0.33863, 0.37796),
    ("first_three", "L2"): (0.10283920, 0.40526, 0.39734, 0.40924),
}
"""R2, R2 / ceiling, adjusted / ceiling, cross-validated / leave-one-out ceiling, as printed to five digits."""


@pytest.mark.parametrize(("rule", "group"), GPT2_SUMMARY)
def test_the_resemblance_of_gpt2_equals_the_goldens(warehouse: Database, rule: str, group: str) -> None:
    question = """
        SELECT best_layer, r2, resemblance, adjusted_resemblance, cv_resemblance, usage_warnings
        FROM mart.model_summary WHERE model = 'gpt2-large' AND measure = %s AND language_group = %s
    """
    ((best_layer, r2, *ratios, warnings),) = rows(warehouse, question, f"saccade_count/{rule}", group)
    assert best_layer == 3
    assert r2 == pytest.approx(GPT2_SUMMARY[rule, group][0], abs=1e-8)
    assert ratios == pytest.approx(GPT2_SUMMARY[rule, group][1:], abs=1e-5)
    assert warnings == ["not_word_aligned", "words_differ_from_screen"]


@pytest.mark.parametrize("rule", ["consecutive", "first_three"])
@pytest.mark.parametrize("group", ["L1", "L2"])
@pytest.mark.parametrize(("model", "file"), [("gpt2-large", "gpt2"), ("llama-30b", "llama30_layers20to29")])
def test_every_layer_and_reader_equals_the_goldens(
    warehouse: Database, model: str, file: str, group: str, rule: str
) -> None:
    question = """
        SELECT layer, subject_label, rank, r2, adjusted_r2, cv_r2 FROM mart.human_resemblance
        WHERE model = %s AND measure = %s AND language_group = %s ORDER BY 1, 2
    """
    found = rows(warehouse, question, model, f"saccade_count/{rule}", group)
    lines = golden(f"{file}_{group}{'' if rule == 'consecutive' else '_first_three'}")
    wanted = sorted((int(n["layer"]), f"{group}/{n['bids_subject']}", int(n["rank"]), n) for n in lines)  # type: ignore[type-var]
    assert [row[:3] for row in found] == [row[:3] for row in wanted]
    numbers = [[float(row[3][name]) for name in ("r2", "adjusted_r2", "cv_r2")] for row in wanted]
    np.testing.assert_allclose([row[3:] for row in found], numbers, atol=1e-9, rtol=0)


def test_region_regressions_equal_the_published_array_of_native_readers(warehouse: Database) -> None:
    published = np.load(PUBLISHED / "expected_results/heads_vs_fmri/num_1_angular_gpt2_large.npy")
    np.testing.assert_allclose(_region(warehouse, "L1"), published, atol=1e-9, rtol=0)


def test_region_regressions_equal_the_golden_of_non_native_readers(warehouse: Database) -> None:
    lines = golden("fmri_angular_L2_without_0_20")
    wanted = np.array([float(line["r2"]) for line in lines]).reshape(36, -1)
    np.testing.assert_allclose(_region(warehouse, "L2"), wanted, atol=1e-9, rtol=0)


def _region(database: Database, group: str) -> np.ndarray:
    question = """
        SELECT r2 FROM mart.human_resemblance
        WHERE measure = 'roi_value/angular' AND model = 'gpt2-large' AND language_group = %s
        ORDER BY layer, subject_label
    """
    return np.array([r2 for (r2,) in rows(database, question, group)]).reshape(36, -1)


@pytest.mark.parametrize(
    ("model", "folder", "layers"), [("gpt2-large", "gpt2/large", range(36)), ("llama-30b", "llama/30B", range(20, 30))]
)
def test_attention_read_back_equals_the_arrays_exactly(
    warehouse: Database, model: str, folder: str, layers: range
) -> None:
    with warehouse.connect(autocommit=True, read_only=True) as connection:
        slices = Slices(connection)
        columns = ("extraction_id", "layer", "corpus_id", "digest")
        works = [dict(zip(columns, row, strict=True)) for row in connection.execute(_LAYERS, [model]).fetchall()]
        assert [work["layer"] for work in works] == list(layers)
        counts = connection.execute("SELECT article_position, word_count FROM slice.sentence ORDER BY sentence_id")
        sizes = counts.fetchall()
        for work in works[::7]:
            (found,) = slices.arrays(("layer",), work)
            array = np.load(PUBLISHED / "model_attention" / folder / f"rb_p1_layer{work['layer']}.npy")
            np.testing.assert_array_equal(found, _cells(array, sizes))


def _cells(array: np.ndarray, sizes: list[tuple[int, int]]) -> np.ndarray:
    """The lower triangles of all sentences, one after the other, (n_cells, n_heads)."""
    parts, place = [], dict.fromkeys(range(5), 0)
    for article, size in sizes:
        i, j = np.tril_indices(size)
        parts.append(array[article, place[article]][:, i, j].T)
        place[article] += 1
    return np.concatenate(parts)


_LAYERS = """
SELECT extraction_id, layer, corpus_id, digest FROM slice.extraction_layer WHERE model = %s ORDER BY layer
"""


def test_leaving_the_odd_sentence_out_shows_its_effect_beside_the_result(warehouse: Database) -> None:
    choice = {"model": ["gpt2-large"], "saccade_rule": ["consecutive"], "quantity": ["saccade_count"]}
    pipeline.compute(warehouse, "human_resemblance", choice, leave_out=["t.03.16"], progress=QUIET)
    question = """
        SELECT leave_out, cell_count, whole_cell_count, usage_warnings FROM mart.leave_out_effect
        WHERE model = 'gpt2-large' AND measure = 'saccade_count/consecutive' AND language_group = 'L1'
    """
    ((without, fewer, cells, warnings),) = rows(warehouse, question)
    assert (without, fewer, cells) == (["t.03.16"], 8_953 - 13 * 14 // 2, 8_953)
    assert warnings == ["not_word_aligned"]


PAGE = (Path(__file__).parents[2] / "docs" / "first-real-study.md").read_text(encoding="utf-8")
ROWS = """
    SELECT sum(row_count) FROM ops.unit JOIN ops.run USING (run_id)
    WHERE run_id = (SELECT min(run_id) FROM ops.run WHERE job = %s)
"""


def test_the_page_on_a_first_real_study_says_how_many_rows_come_in(warehouse: Database) -> None:
    told = dict(re.findall(r"`(\w+): ([\d,]+) inserted, 0 unchanged, 0 rejected`", PAGE))
    assert told.keys() == {"reading_brain", "attention_arrays"}
    for source, count in told.items():
        assert rows(warehouse, ROWS, f"ingest {source}") == [(int(count.replace(",", "")),)], source


def test_the_page_on_a_first_real_study_says_how_arrays_of_tokens_are_refused(warehouse: Database) -> None:
    folder = PUBLISHED / "model_attention" / "gpt2" / "large"
    with pytest.raises(BadInput) as refused:
        ingest(warehouse, "attention_arrays", folder, **{**GPT2, "model": "gpt2-refused"})
    assert f"Error: {refused.value}".replace(str(folder), "DATA/gpt2/large") in PAGE


def test_the_page_on_a_first_real_study_shows_the_table_that_is_printed(warehouse: Database) -> None:
    chosen = ["--corpus", "reading_brain", "--measure", "count", "--model", "gpt2-large"]  # the only one of the page
    shown = said("--dsn", warehouse.dsn, "show", "human-resemblance", *chosen).out
    assert f"```text\n{shown}```" in PAGE
