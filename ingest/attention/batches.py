"""Sentences in batches: the pieces that are written, and the batches that a device takes at once."""

from collections.abc import Sequence
from itertools import pairwise

from ingest.attention.tokens import Sentence

PIECE_TOKENS = 2048
"""Padded tokens of one piece. Fixed, so that a rerun with another batch size makes the same pieces."""


def batches(sentences: Sequence[Sentence], tokens: int) -> list[list[Sentence]]:
    """Group sentences of similar length so that each group, padded to its longest, has at most so many tokens.

    Sorted by length (then by id): little padding, and always the same groups. A sentence longer than `tokens` stands
    alone.
    """
    ordered = sorted(sentences, key=lambda s: (len(s), s.sentence_id))
    cuts = [0]
    for i, sentence in enumerate(ordered):
        if i > cuts[-1] and (i - cuts[-1] + 1) * len(sentence) > tokens:
            cuts.append(i)
    return [ordered[a:b] for a, b in pairwise([*cuts, len(ordered)]) if b > a]


def halves(sentences: Sequence[Sentence]) -> tuple[Sequence[Sentence], Sequence[Sentence]]:
    """Cut a batch in two."""
    middle = len(sentences) // 2
    return sentences[:middle], sentences[middle:]
