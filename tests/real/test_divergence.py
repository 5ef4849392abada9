"""LLaMA-30B with and without the translation prefix, layers 20 to 29: the warehouse against loops over the files.

The divergences that the paper prints by quarter (7B and 13B, and the two Vicunas) cannot be recomputed: their arrays
are not published. The figures here are this project's own, from two independent ways.
"""

import os
from collections.abc import Iterator
from functools import cache
from math import log
from pathlib import Path

import numpy as np
import pytest
from scipy.special import rel_entr

from tests.asking import rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Rows, Unit
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress

DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
ARRAYS = DATA / "published" / "model_attention" / "llama" / "30B"
LAYERS = range(20, 30)
QUIET = Progress(quiet=True)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not ARRAYS.is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]

JS = (
    0.024487409192314, 0.021722277888285, 0.021601724705993, 0.022999459572005, 0.020873699778208,
    0.018428928095667, 0.021596817784719, 0.022462768144449, 0.022891090801870, 0.022289618958336,
)  # fmt: skip
JS_HEAD_AVERAGED = (
    0.005485767834543, 0.004763609278671, 0.004674517894509, 0.006227077425897, 0.004398981608624,
    0.003859903544749, 0.006099055829570, 0.006858586820969, 0.006621811462060, 0.007476105072431,
)  # fmt: skip
INFINITE = (0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
SECOND_QUARTER = 0.0032216607742861
"""Means over 148 sentences [nats]; rows with an infinite Jeffreys divergence; layers 20 to 29 of the second quarter."""


@cache
def articles() -> list[list[str]]:
    text = (DATA / "sentences" / "reading_brain.txt").read_text(encoding="utf-8")
    return [part.splitlines() for part in text.strip().split("\n\n")]


def text_alone() -> Rows:
    corpus = {"corpus": "reading_brain", "language": "en", "licence": "CC0-1.0", "citation": "Li et al. 2022"}
    labelled = [
        {f"t.{a:02}.{s:02}": text for s, text in enumerate(article, 1)} for a, article in enumerate(articles(), 1)
    ]
    yield from text_rows(corpus, labelled)


@pytest.fixture(scope="module")
def warehouse(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    with cloned(cluster, template) as database:
        unit = Unit("text", "0", text_alone)
        pipeline.ingest(database, Source("text", lambda: iter([unit]), "CC0-1.0", "this test"), [], {}, QUIET)
        facts = {"model": "llama-30b", "family": "llama", "stage": "pretrained", "layer_count": 60}
        for condition, pattern in (("plain", "rb_p1_layer{layer}.npy"), ("translate", "instr_rb_p1_layer{layer}.npy")):
            given = {**facts, "condition": condition, "file_name": pattern}
            pipeline.ingest(database, sources()["attention_arrays"], [ARRAYS], given, QUIET)
        pipeline.compute(database, "attention_divergence", {}, progress=QUIET, allow_partial=True)
        yield database


def by_sentence(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Jensen-Shannon of (articles, sentences, heads, words, words), row by row with scipy: (148, n_heads)."""
    found = []
    for article, sentences in enumerate(articles()):
        for position, text in enumerate(sentences):
            of_rows = []
            for i in range(len(text.split())):
                p, q = (array[article, position, :, i, : i + 1].astype(float) for array in (left, right))
                p, q = p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)
                m = (p + q) / 2
                of_rows.append((rel_entr(p, m).sum(axis=1) + rel_entr(q, m).sum(axis=1)) / 2)
            found.append(np.mean(of_rows, axis=0))
    return np.array(found)


def arrays(layer: int) -> tuple[np.ndarray, np.ndarray]:
    return np.load(ARRAYS / f"rb_p1_layer{layer}.npy"), np.load(ARRAYS / f"instr_rb_p1_layer{layer}.npy")


def averaged(array: np.ndarray) -> np.ndarray:
    return np.asarray(array.mean(axis=2, keepdims=True, dtype=float))


def test_every_layer_has_the_pinned_divergence(warehouse: Database) -> None:
    found = rows(
        warehouse,
        "SELECT depth, js_nats, js_head_averaged_nats, jeffreys_infinite_count, sentence_count "
        "FROM mart.divergence_curve WHERE depth_kind = 'layer' ORDER BY depth",
    )
    depth, js, js_head_averaged, infinite, sentence_count = zip(*found, strict=True)
    assert depth == tuple(LAYERS)
    assert js == pytest.approx(JS, abs=1e-14)
    assert js_head_averaged == pytest.approx(JS_HEAD_AVERAGED, abs=1e-14)
    assert infinite == INFINITE
    assert set(sentence_count) == {148}


@pytest.mark.parametrize("layer", [20, 25, 29])
def test_every_sentence_and_head_equals_a_loop_over_the_files(warehouse: Database, layer: int) -> None:
    left, right = arrays(layer)
    js = by_sentence(left, right)
    ((stored, stored_averaged),) = rows(
        warehouse,
        "SELECT array_agg(js_nats ORDER BY sentence_id), array_agg(js_head_averaged_nats ORDER BY sentence_id) "
        f"FROM current.attention_divergence WHERE depth_kind = 'layer' AND depth = {layer}",
    )
    ((heads,),) = rows(
        warehouse, f"SELECT array_agg(js_nats ORDER BY head) FROM current.head_divergence WHERE depth = {layer}"
    )
    np.testing.assert_allclose(stored, js.mean(axis=1), atol=1e-14)
    np.testing.assert_allclose(heads, js.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(stored_averaged, by_sentence(averaged(left), averaged(right))[:, 0], atol=1e-14)
    assert js.min() > 0 and js.max() < log(2)


def test_the_second_quarter_is_that_of_the_layers_there_are(warehouse: Database) -> None:
    sides = zip(*((averaged(left), averaged(right)) for left, right in map(arrays, LAYERS)), strict=True)
    js = by_sentence(*(np.mean(side, axis=0) for side in sides))
    ((depth, found, warnings),) = rows(
        warehouse,
        "SELECT depth, js_head_averaged_nats, usage_warnings FROM mart.divergence_curve WHERE depth_kind = 'quarter'",
    )
    assert depth == 1
    assert found == pytest.approx(js.mean(), abs=1e-14)
    assert found == pytest.approx(SECOND_QUARTER, abs=1e-14)
    assert warnings == ["partial_coverage"]


def test_missing_layers_are_named(warehouse: Database) -> None:
    with pytest.raises(BadInput, match=r"llama-30b \(plain\) lacks layers 0 to 19, 30 to 59 of 60"):
        pipeline.compute(warehouse, "attention_divergence", {}, ["t.03.16"], progress=QUIET)
