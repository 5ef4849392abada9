"""From tokens to words, on the device that holds the attention.

Attention to a word is the SUM over its tokens, attention from a word the MEAN over its tokens; special tokens and the
prefix are dropped after the softmax and nothing is renormalised (Gao et al. 2023). With the shares S of tokens in
words (n_tokens, n_words + 2) and A one head's attention, that is R A S, where R is S of the words, transposed, each
row divided by its sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from ingest.attention.inputs import on_device
from ingest.attention.sentences import Sentence
from warehouse.plugin.contents import Pairs

NOWHERE = np.empty((3, 0), dtype=np.int64)


@dataclass(frozen=True)
class Cells:
    """What is kept of a batch's merged attention, and what it is, in the order of the kept rows.

    Attributes
    ----------
    pairs : Pairs
        The word pairs: the lower triangle for causal models, else the square; sentence by sentence, row by row.
    sentence_id, from_word : ndarray (n_words_of_batch,)
        The words whose mass to the sink, then to the outside, follows the pairs.
    index : ndarray (3, n_pairs + 2 n_words_of_batch)
        Place in the batch: sentence, from-word, column; empty for some rows of a long text.
    """

    pairs: Pairs
    sentence_id: np.ndarray
    from_word: np.ndarray
    index: np.ndarray = field(default_factory=lambda: NOWHERE)


def cells(sentences: Sequence[Sentence], is_causal: bool) -> Cells:
    """Number what is kept of a batch."""
    counts = [s.word_count for s in sentences]
    widest = max(counts)
    squares = [np.tril_indices(n) if is_causal else tuple(np.indices((n, n)).reshape(2, -1)) for n in counts]
    place = np.repeat(np.arange(len(counts)), [len(rows) for rows, _ in squares])
    rows = np.concatenate([rows for rows, _ in squares])
    columns = np.concatenate([columns for _, columns in squares])
    word_place = np.repeat(np.arange(len(counts)), counts)
    words = np.concatenate([np.arange(n) for n in counts])
    outside = [[word_place, words, np.full_like(words, widest + k)] for k in (0, 1)]
    ids = np.array([s.sentence_id for s in sentences], dtype=np.int64)
    index = np.concatenate([[place, rows, columns], *outside], axis=1)
    return Cells(Pairs(ids[place], rows, columns), ids[word_place], words, index)


class Merging:
    """The merging of one batch, on one device.

    Parameters
    ----------
    sentences : sequence of Sentence
    kept : Cells
        Of the same sentences.
    is_causal : bool
    device : torch.device
    has_learned_sinks : bool
        Whether what a row lacks of 1 went to a learned sink, and is added to the sink.
    looked_at : sequence of Sentence, optional
        For cross-attention the same sentences as the encoder reads them.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        kept: Cells,
        is_causal: bool,
        device: torch.device,
        has_learned_sinks: bool = False,
        looked_at: Sequence[Sentence] | None = None,
    ) -> None:
        own = _pad(sentences)
        columns = own if looked_at is None else _pad(looked_at)
        rows = own[:, :, :-2].transpose(0, 2, 1)
        totals = rows.sum(axis=2, keepdims=True)
        self.columns = on_device(columns, device)
        self.rows = on_device(np.divide(rows, totals, where=totals > 0, out=np.zeros_like(rows)), device)
        self.has_learned_sinks = has_learned_sinks
        self.index = tuple(on_device(part, device) for part in kept.index)
        # a token of two words lets the first see the second, which for a causal model is itself: see `_fold`
        self.folds = is_causal and bool(((columns > 0) & (columns < 1)).any())

    def __call__(self, attention: torch.Tensor) -> torch.Tensor:
        """Merge one layer: (n_sentences, n_heads, n_tokens, n_tokens) to (n_kept, n_heads), float32."""
        n, heads, length, other = attention.shape
        to_words = attention.float().reshape(n, heads * length, other) @ self.columns
        by_token = to_words.reshape(n, heads, length, -1).transpose(1, 2).reshape(n, length, -1)
        merged = (self.rows @ by_token).reshape(n, self.rows.shape[1], heads, -1)
        if self.folds:
            merged = _fold(merged)
        if self.has_learned_sinks:
            merged[..., -2] += 1 - merged.sum(dim=-1)
        place, row, column = self.index
        return merged[place, row, :, column]


def _pad(sentences: Sequence[Sentence]) -> np.ndarray:
    """Stack the shares: (n_sentences, longest, most words + 2); the padding has no share in anything."""
    longest, most = max(len(s.ids) for s in sentences), max(s.word_count for s in sentences)
    stacked = np.zeros((len(sentences), longest, most + 2), dtype=np.float32)
    for place, sentence in zip(stacked, sentences, strict=True):
        length = len(sentence.ids)
        place[:length, : sentence.word_count] = sentence.shares[:, :-2]
        place[:length, -2:] = sentence.shares[:, -2:]
    return stacked


def _fold(merged: torch.Tensor) -> torch.Tensor:
    """Give what lies above the diagonal to the diagonal.

    In a causal model a word sees a later one only through a token that is part of both, so what it sees there is
    partly itself; row sums stay.
    """
    square = merged[..., :-2].movedim(2, 1)
    above = square.triu(1).sum(-1)
    folded = (square.tril() + torch.diag_embed(above)).movedim(1, 2)
    return torch.cat([folded, merged[..., -2:]], dim=-1)
