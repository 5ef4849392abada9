"""Texts whose weights of a whole layer would not fit: computed in blocks of rows, merged to words block by block.

A block ends where a word ends, so that the words of its rows are done with it. What is held is one block's weights, not
a layer's: memory grows with the length of the text, not with its square times the heads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from ingest.attention.inputs import on_device
from ingest.attention.merging import Cells
from ingest.attention.sentences import Sentence
from warehouse.plugin.contents import Pairs

LONG = 384
"""Tokens beyond which a text is computed in blocks, of as many rows at most."""
BLOCK_BYTES = 16 * 2**20
"""Weights of a block, as float32, at most."""


def row_blocks(sentence: Sentence, head_count: int) -> list[slice]:
    """Cut the tokens of a long text into blocks that end where a word ends; none for others.

    Parameters
    ----------
    sentence : Sentence
        A word of more tokens than fit is a block of its own.
    head_count : int
        Of a layer.
    """
    count = len(sentence.ids)
    if len(sentence) <= LONG:
        return []
    most = max(1, min(LONG, BLOCK_BYTES // (4 * head_count * len(sentence))))
    ends, starts, blocks = word_ends(sentence), 0, list[slice]()
    while starts < count:
        place = int(np.searchsorted(ends, starts + most, side="right")) - 1
        end = int(ends[place] if place >= 0 and ends[place] > starts else ends[place + 1])
        blocks.append(slice(starts, end))
        starts = end
    return blocks


def word_ends(sentence: Sentence) -> np.ndarray:
    """Give the numbers of tokens after which no word goes on, (n,), the last of which is the number of all."""
    goes_on = np.zeros(len(sentence.ids) + 1, dtype=bool)
    for first, last in zip(*_tokens_of_words(sentence.shares), strict=True):
        goes_on[first + 1 : last + 1] = True
    return np.flatnonzero(~goes_on)[1:]


def shorten(sentence: Sentence, most: int) -> Sentence:
    """Give a part of a long text around its first words, which ends where a word ends; short ones as they are.

    Parameters
    ----------
    sentence : Sentence
        Of an encoder-decoder it is left whole, since both sides belong together.
    most : int
        Tokens.
    """
    if len(sentence.ids) <= most or sentence.source is not None:
        return sentence
    first, last = _tokens_of_words(sentence.shares)
    start = int(first[0]) - most // 2 if last[0] >= most else 0
    words = np.flatnonzero(last < start + most)
    if not len(words):
        return sentence  # one word of so many tokens
    rows = slice(start, int(last[words[-1]]) + 1)
    shares = sentence.shares[rows][:, [*words, -2, -1]]
    beyond = 1 - shares.sum(axis=1)  # of a token that is half a word which is left out
    shares[:, -1] += beyond
    return replace(sentence, ids=sentence.ids[rows], shares=shares)


def _tokens_of_words(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the first and the last token of each word."""
    own = shares[:, :-2] > 0
    return own.argmax(axis=0), len(own) - 1 - own[::-1].argmax(axis=0)


@dataclass(frozen=True)
class _Rows:
    """The words whose tokens are the rows of a block: how many come before them, and their shares, (n_words, n_rows),
    each row of which sums to 1."""

    first: int
    shares: torch.Tensor

    @property
    def count(self) -> int:
        return len(self.shares)


class LongMerging:
    """The merging of one long text, for each block of its rows.

    Parameters
    ----------
    sentence : Sentence
        Whose words attend.
    blocks : sequence of slice
        From `row_blocks`.
    is_causal : bool
    device : torch.device
    has_learned_sinks : bool
        As in `merging.Merging`.
    looked_at : Sentence, optional
        For cross-attention the same sentence as the encoder reads it.
    """

    def __init__(
        self, sentence: Sentence, blocks: list[slice], is_causal: bool, device: torch.device,
        has_learned_sinks: bool = False, looked_at: Sentence | None = None,
    ) -> None:  # fmt: skip
        columns = (looked_at or sentence).shares
        tokens, words = np.nonzero(columns)
        self._sentence_id, self._is_causal, self._has_sinks = sentence.sentence_id, is_causal, has_learned_sinks
        self._tokens, self._words, self._shares = (
            on_device(part, device) for part in (tokens, words, columns[tokens, words])
        )
        self._column_count = columns.shape[1]
        self._folds = is_causal and bool(((columns > 0) & (columns < 1)).any())
        self._rows = {rows.start: _Rows(first, on_device(own, device)) for rows, first, own in _rows(sentence, blocks)}

    def cells(self, rows: slice) -> Cells | None:
        """Number what is kept of a block; None where its tokens are none of a word, as in a prefix."""
        if rows.start not in self._rows:
            return None
        own = self._rows[rows.start]
        words = np.arange(own.first, own.first + own.count)
        shape = (own.count, self._column_count - 2)
        row, column = np.tril_indices(shape[0], own.first, shape[1]) if self._is_causal else np.indices(shape)
        pairs = Pairs(np.full(row.size, self._sentence_id), row.ravel() + own.first, column.ravel())
        return Cells(pairs, np.full(own.count, self._sentence_id), words)

    def __call__(self, attention: torch.Tensor, rows: slice) -> torch.Tensor:
        """Merge a block of one layer: (1, n_heads, n_rows, n_tokens) to (n_kept, n_heads), float32."""
        own = self._rows[rows.start]
        by_word = own.shares @ attention[0].float()  # (n_heads, n_words, n_tokens)
        by_token = by_word.permute(2, 1, 0)[self._tokens].mul_(self._shares[:, None, None])
        merged = by_token.new_zeros(self._column_count, *by_token.shape[1:]).index_add_(0, self._words, by_token)
        if self._has_sinks:
            merged[-2] += 1 - merged.sum(dim=0)
        square = merged[:-2].transpose(0, 1)
        if self._folds:
            square = _folded(square, own.first)
        return torch.cat([self._kept(square, own.first), merged[-2], merged[-1]])

    def _kept(self, square: torch.Tensor, first: int) -> torch.Tensor:
        """Give the pairs of (n_words, n_columns, n_heads) that are kept, row by row."""
        if not self._is_causal:
            return square.reshape(-1, square.shape[-1])
        row, column = torch.tril_indices(*square.shape[:2], first, device=square.device)
        return square[row, column]


def _rows(sentence: Sentence, blocks: list[slice]) -> Iterator[tuple[slice, int, np.ndarray]]:
    """Give the blocks that hold tokens of words, with the first of these words and their shares in the rows."""
    first_token, _ = _tokens_of_words(sentence.shares)
    for rows in blocks:
        words = np.flatnonzero((first_token >= rows.start) & (first_token < rows.stop))
        if len(words):
            own = sentence.shares[rows, words].T
            yield rows, int(words[0]), own / own.sum(axis=1, keepdims=True)


def _folded(square: torch.Tensor, first: int) -> torch.Tensor:
    """Give what a word attends to later words to itself, as `merging` does; (n_words, n_columns, n_heads)."""
    by_head = square.permute(2, 0, 1)
    above = by_head.triu(first + 1).sum(-1)
    folded = by_head.tril(first).permute(1, 2, 0).contiguous()
    words = torch.arange(len(square), device=square.device)
    folded[words, words + first] += above.T
    return folded
