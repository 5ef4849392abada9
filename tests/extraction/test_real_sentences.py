"""The sentences that were read, in the tokens of nine families: nothing is lost at the borders of words."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ingest.attention.tokens import encode_all

DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
SENTENCES = DATA / "sentences" / "reading_brain.txt"


@pytest.mark.real
@pytest.mark.skipif(not SENTENCES.is_file(), reason=f"{SENTENCES} is not there: set WAREHOUSE_REAL_DATA")
@pytest.mark.parametrize("style", ["llama-2", "mistral", "llama-3", "gpt-2", "opt", "neox", "qwen2", "bert", "t5"])
@pytest.mark.parametrize("condition", ["plain", "noise"])
def test_all_148_sentences_align_to_their_1532_words(tiny: SimpleNamespace, style: str, condition: str) -> None:
    texts = [line for line in SENTENCES.read_text(encoding="utf-8").splitlines() if line.strip()]
    given = tiny.stimulus_of(texts)
    sentences, rejections = encode_all(given, getattr(tiny, condition), tiny.tokenizer_of(style), None)
    assert rejections == []
    assert len(sentences) == 148
    assert sum(s.word_count for s in sentences) == 1532
    assert all(np.allclose(s.shares.sum(axis=1), 1) for s in sentences)
