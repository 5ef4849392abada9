"""The published attention arrays: token-level ones are refused, word-level ones come out cell by cell."""

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.attention_arrays.extraction import extraction
from ingest.attention_arrays.facts import model_facts
from ingest.attention_arrays.files import array_files
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Extraction, RowSums

DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
ARRAYS = DATA / "published" / "model_attention"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not ARRAYS.is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]
CELLS = 8_953
ROWS = 1_532
"""Lower triangles with diagonal of the 148 sentences."""


@pytest.fixture(scope="module")
def stimulus() -> Stimulus:
    text = (DATA / "sentences" / "reading_brain.txt").read_text(encoding="utf-8")
    articles = [part.splitlines() for part in text.strip().split("\n\n")]
    places = [(a, s) for a, lines in enumerate(articles) for s in range(len(lines))]
    sentences = tuple(articles[a][s] for a, s in places)
    article, position = np.array(places).T
    labels = tuple(f"t.{a + 1:02}.{s + 1:02}" for a, s in places)
    words = tuple(tuple(sentence.split()) for sentence in sentences)
    return Stimulus(1, "reading_brain", np.arange(len(places)), article, position, labels, sentences, words)


def load(stimulus: Stimulus, folder: str, prefix: str, layer_count: int, as_published: bool = False) -> Extraction:
    told = {"family": folder.split("/", maxsplit=1)[0], "stage": "pretrained", "layer_count": layer_count}
    files = array_files(ARRAYS / folder, prefix + "rb_p1_layer{layer}.npy")
    condition = {"condition": "translate" if prefix else "plain", "prefix": "", "description": ""}
    return extraction(files, stimulus, model_facts(folder, told, None), condition, as_published)


def cells_one_by_one(path: Path, stimulus: Stimulus) -> np.ndarray:
    array = np.load(path)
    blocks = [
        array[a, s, :, i, : i + 1].T
        for a, s, n in zip(stimulus.article, stimulus.position, stimulus.word_count, strict=True)
        for i in range(n)
    ]
    return np.concatenate(blocks).astype(np.float32)


def test_gpt2_is_refused_as_token_level(stimulus: Stimulus) -> None:
    sentence = "147 of 148 sentences have more rows than words (t.01.01 has 8 rows for 7 words, t.01.02 has 11 rows"
    with pytest.raises(BadInput, match=re.escape(sentence)):
        load(stimulus, "gpt2/large", "", 36)


def test_gpt2_as_published_is_cropped_and_marked(stimulus: Stimulus) -> None:
    found = load(stimulus, "gpt2/large", "", 36, as_published=True)
    assert (found.alignment, found.dtype, found.layers) == ("as published", "float32", tuple(range(36)))
    assert list(found.warnings) == ["not_word_aligned"]
    for layer, piece in list(enumerate(found.pieces))[::7]:
        block, sums = piece.contents()
        assert (block.weights.shape, replace(sums, least_row_sum=0)) == ((CELLS, 20), RowSums(ROWS * 20, None, 0, 0))
        path = ARRAYS / "gpt2" / "large" / f"rb_p1_layer{layer}.npy"
        np.testing.assert_array_equal(block.weights, cells_one_by_one(path, stimulus))


@pytest.mark.parametrize("prefix", ["", "instr_"], ids=["plain", "translate"])
def test_llama_30b_is_at_word_level_and_exact(stimulus: Stimulus, prefix: str) -> None:
    found = load(stimulus, "llama/30B", prefix, 60)
    assert (found.alignment, found.dtype, found.layers) == ("word", "float16", tuple(range(20, 30)))
    assert found.warnings == {"partial_coverage": "10 of 60 layers: 20, 21, 22, 23, 24, 25, 26, 27, 28, 29"}
    for layer, piece in zip(found.layers, found.pieces, strict=True):
        block, sums = piece.contents()
        assert (block.weights.shape, replace(sums, least_row_sum=0)) == ((CELLS, 52), RowSums(ROWS * 52, None, 0, 0))
        assert 0 < sums.least_row_sum < 0.1
        if layer % 5 == 0:
            path = ARRAYS / "llama" / "30B" / f"{prefix}rb_p1_layer{layer}.npy"
            np.testing.assert_array_equal(block.weights, cells_one_by_one(path, stimulus))
