"""Sentences in batches: the pieces that are written, and the batches that a device takes at once."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from ingest.attention.sentences import Sentence

PIECE_TOKENS = 2048
"""Padded tokens of one piece. Fixed, so that a rerun with another batch size makes the same pieces."""


def batches(sentences: Sequence[Sentence], tokens: int) -> list[list[Sentence]]:
    """Group sentences of similar length so that each group, padded to its longest, has at most so many tokens.

    Sorted by length (then by id): little padding, and always the same groups. A sentence longer than `tokens` stands
    alone.
    """
    rest, found = by_length(sentences), []
    while rest:
        found.append(list(first_batch(rest, tokens)))
        rest = rest[len(found[-1]) :]
    return found


def whole_articles(sentences: Sequence[Sentence], article: Mapping[int, int], tokens: int) -> list[list[Sentence]]:
    """Group the sentences of articles that follow each other, of about so many tokens, one article at least.

    Parameters
    ----------
    sentences : sequence of Sentence
        Of one corpus.
    article : mapping of int to int
        The article of each sentence, by its id.
    tokens : int
        Without padding: a group is batched by length when it is computed.
    """
    found: list[list[Sentence]] = []
    ordered = sorted(sentences, key=lambda s: s.sentence_id)
    for _, own in groupby(ordered, key=lambda s: article[s.sentence_id]):
        some = list(own)
        if found and sum(map(len, found[-1])) + sum(map(len, some)) <= tokens:
            found[-1] += some
        else:
            found.append(some)
    return found


def by_length(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Sort sentences by their length, then by their ids."""
    return sorted(sentences, key=lambda s: (len(s), s.sentence_id))


def first_batch(ordered: Sequence[Sentence], tokens: int) -> Sequence[Sentence]:
    """Give the first sentences that fit into a batch, of those in the order of `batches`."""
    size = next((i for i in range(1, len(ordered)) if (i + 1) * len(ordered[i]) > tokens), len(ordered))
    return ordered[:size]


def padded_size(batch: Sequence[Sentence]) -> int:
    """How many tokens a batch has, padding included."""
    return len(batch) * max(map(len, batch))


def halves(sentences: Sequence[Sentence]) -> tuple[Sequence[Sentence], Sequence[Sentence]]:
    """Cut a batch in two."""
    middle = len(sentences) // 2
    return sentences[:middle], sentences[middle:]
