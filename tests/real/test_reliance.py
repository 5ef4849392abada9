"""Reliance on trivial patterns on real data: the figures of the method, and a literal computation from the files."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.linear_model import LinearRegression

from ingest.reading_brain.pickles import load
from tests.asking import rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
ARRAYS = DATA / "published" / "model_attention" / "llama" / "30B"
LLAMA = {
    "model": "llama-30b",
    "family": "llama",
    "parameters": 32_528_943_616,
    "stage": "pretrained",
    "layer_count": 60,
}
LAYERS, FILES = range(20, 30), {"plain": "rb_p1_layer{}.npy", "translate": "instr_rb_p1_layer{}.npy"}
SENTENCES_DIFFERING = (2, 15)
"""In the study's files this sentence has the 10 words of the screen instead of the 13 of the text."""
QUIET = Progress(quiet=True)
RULES = ("consecutive", "first_three")

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "golden").is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]


@pytest.fixture(scope="module")
def warehouse(cluster: EmbeddedServer, readers_template: str) -> Iterator[Database]:
    with cloned(cluster, readers_template) as database:
        for condition in FILES:
            ingest(database, "attention_arrays", ARRAYS, condition=condition, **LLAMA)
        pipeline.compute(database, "reliance_test", {"quantity": ["saccade_count"]}, progress=QUIET)
        pipeline.compute(database, "reliance_difference", {}, progress=QUIET)
        yield database


def ingest(database: Database, source: str, *arguments: Any, **parameters: Any) -> None:
    pipeline.ingest(database, sources()[source], arguments, parameters, QUIET)


@cache
def word_counts() -> dict[tuple[int, int], int]:
    """Words of each sentence by (article, position), counted from 0, in the order of the cells."""
    articles = (DATA / "sentences" / "reading_brain.txt").read_text(encoding="utf-8").strip().split("\n\n")
    lines = {(a, s): line for a, article in enumerate(articles) for s, line in enumerate(article.splitlines())}
    return {key: len(line.split()) for key, line in lines.items()}


@cache
def patterns() -> np.ndarray:
    """First word, previous word, the word itself at each cell of the lower triangles, (n_cells, 3)."""
    cells = [(i, j) for n in word_counts().values() for i in range(n) for j in range(i + 1)]
    return np.array([(j == 0, j == i - 1, j == i) for i, j in cells], dtype=float)


@cache
def heads(condition: str, layer: int) -> np.ndarray:
    """Attention of each head at each cell, (n_cells, n_heads)."""
    padded = np.load(ARRAYS / FILES[condition].format(layer)).astype(float)
    return np.concatenate([padded[key][(slice(None), *np.tril_indices(n))].T for key, n in word_counts().items()])


@cache
def r2_from_files(condition: str) -> np.ndarray:
    """R2 of each head of each layer, one regression each, (n_layers, n_heads)."""
    design = patterns()
    return np.array(
        [[LinearRegression().fit(design, y).score(design, y) for y in heads(condition, n).T] for n in LAYERS]
    )


READERS = {  # readers, mean, its standard error, smallest, largest
    ("consecutive", "L1"): (51, 0.0479416, 0.0036155, 0.0048754, 0.1434917),
    ("consecutive", "L2"): (55, 0.0896154, 0.0052258, 0.0167037, 0.2176632),
    ("first_three", "L1"): (51, 0.0484253, 0.0037985, 0.0051884, 0.1538613),
    ("first_three", "L2"): (54, 0.0938739, 0.0064911, 0.0134580, 0.2452296),
}


@pytest.mark.parametrize(("rule", "group"), READERS)
def test_reliance_of_readers_equals_that_of_the_method(warehouse: Database, rule: str, group: str) -> None:
    question = """
        SELECT subject_count, r2, standard_error, least_r2, most_r2 FROM mart.group_reliance
        WHERE measure = %s AND language_group = %s AND pattern_set = 'trivial' AND leave_out = '[]'
    """
    assert rows(warehouse, question, f"saccade_count/{rule}", group) == [pytest.approx(READERS[rule, group], abs=6e-8)]


@pytest.mark.parametrize(("rule", "t", "p"), [("consecutive", 6.4625, 3.39e-9), ("first_three", 5.9546, 3.65e-8)])
def test_readers_of_a_second_language_rely_on_patterns_more(warehouse: Database, rule: str, t: float, p: float) -> None:
    question = "SELECT t_statistic, p_value, p_greater FROM mart.reliance_test WHERE measure = %s"
    ((found_t, p_value, p_greater),) = rows(warehouse, question, f"saccade_count/{rule}")
    assert found_t == pytest.approx(t, abs=5e-5)
    assert p_value == pytest.approx(p, rel=2e-3)
    assert p_greater == pytest.approx(p_value / 2)


def test_the_patterns_are_those_of_the_study(warehouse: Database) -> None:
    question = """
        SELECT pattern, article_position, sentence_position, from_word, to_word
        FROM slice.pattern_cell JOIN stimulus.pattern USING (pattern_id) JOIN stimulus.sentence USING (sentence_id)
        JOIN stimulus.article USING (article_id)
    """
    found = {row for row in rows(warehouse, question) if row[1:3] != SENTENCES_DIFFERING}
    expected = set()
    for pattern, name in {"first_word": "start", "previous_word": "prev", "self": "self"}.items():
        labels = load(DATA / "published" / "golden_attention" / f"label_{name}.pkl")
        for a, s in word_counts():
            lower = np.argwhere(np.tril(np.array(labels[a][s])))
            expected |= {(pattern, a, s, i, j) for i, j in lower.tolist() if (a, s) != SENTENCES_DIFFERING}
    assert found == expected


@pytest.mark.parametrize("condition", FILES)
def test_reliance_of_every_head_is_that_of_a_regression_from_the_files(warehouse: Database, condition: str) -> None:
    question = "SELECT r2 FROM mart.head_reliance WHERE condition = %s ORDER BY layer, head"
    found = np.reshape(rows(warehouse, question, condition), (10, 52))
    np.testing.assert_allclose(found, r2_from_files(condition), rtol=0, atol=1e-12)
    layers = rows(
        warehouse, "SELECT r2, pooled_r2 FROM mart.layer_reliance WHERE condition = %s ORDER BY layer", condition
    )
    np.testing.assert_allclose([mean for mean, _ in layers], r2_from_files(condition).mean(axis=1), atol=1e-12)
    variance = np.array([heads(condition, layer).var(axis=0) for layer in LAYERS])
    pooled = (r2_from_files(condition) * variance).sum(axis=1) / variance.sum(axis=1)
    np.testing.assert_allclose([pool for _, pool in layers], pooled, atol=1e-12)


def test_an_instruction_does_not_change_the_reliance_of_a_pretrained_model_in_its_second_quarter(
    warehouse: Database,
) -> None:
    question = """
        SELECT quarter, left_r2, right_r2, t_statistic, p_value, test_kind, degrees_of_freedom, usage_warnings
        FROM mart.reliance_difference
    """
    ((quarter, plain, translate, t, p, kind, degrees, warnings),) = rows(warehouse, question)
    assert (quarter, kind, degrees, warnings) == (1, "paired", 9, ["partial_coverage"])
    expected = ttest_rel(r2_from_files("translate").mean(axis=1), r2_from_files("plain").mean(axis=1))
    assert (t, p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)
    assert (plain, translate) == pytest.approx((0.0800, 0.0756), abs=5e-5)
