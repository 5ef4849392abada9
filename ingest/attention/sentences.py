"""A sentence as a model reads it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sentence:
    """One sentence under one condition.

    Attributes
    ----------
    sentence_id : int
        As in the warehouse.
    text : str
        What the model reads, prefix included.
    ids : tuple of int
        Its tokens, special ones included, (n_tokens,).
    shares : ndarray (n_tokens, n_words + 2) of float32
        Token to word; see `words.word_shares`.
    source : Sentence or None
        For the decoder of an encoder-decoder: the same sentence as the encoder reads it.
    """

    sentence_id: int
    text: str
    ids: tuple[int, ...]
    shares: np.ndarray
    source: "Sentence | None" = None

    def __len__(self) -> int:
        return max(len(self.ids), len(self.source.ids) if self.source else 0)

    @property
    def word_count(self) -> int:
        """Its own words, those of the prefix not counted."""
        return int(self.shares.shape[1]) - 2
