"""The text that was read: one sentence a line, articles separated by an empty line; and its rows."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Table

from ingest.reading_brain.files import decode, digest, read_bytes, sha256
from ingest.reading_brain.oddities import UsageWarning
from warehouse.errors import MissingInput
from warehouse.registry import Columns, Rows, Unit
from warehouse.schema import ops, stimulus

CORPUS = "reading_brain"
LICENCE = "CC0-1.0"
CITATION = (
    "Li, P., Hsu, C.-T., Schloss, B., Yu, A., Ma, L., Scotto, M., Seyfried, F., & Gu, C. (2022). The Reading Brain "
    "Project L1 Adults; L2 Adults. OpenNeuro, doi:10.18112/openneuro.ds003974.v3.0.0, "
    "doi:10.18112/openneuro.ds003988.v1.0.0"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of an article; both count from 0, their label from 1: ``t.03.16`` is article 2, position 15."""

    article: int
    position: int
    text: str

    @property
    def label(self) -> str:
        """The name that the event files give it."""
        return f"t.{self.article + 1:02}.{self.position + 1:02}"

    @property
    def words(self) -> list[str]:
        """Split at white space."""
        return self.text.split()


@dataclass(frozen=True)
class Placed:
    """Where the text stands in the warehouse: ``sentence_id`` by label."""

    corpus_id: int
    sentence_id: dict[str, int]


def read_sentences(path: Path) -> list[Sentence]:
    """Read the sentences file; `MissingInput` where it is not there or holds no sentence."""
    text = decode(path, read_bytes(path, "sentences"))
    articles: list[list[str]] = [[]]
    for line in map(str.strip, text.splitlines()):
        if line:
            articles[-1].append(line)
        elif articles[-1]:
            articles.append([])
    sentences = [Sentence(a, s, line) for a, article in enumerate(articles) for s, line in enumerate(article)]
    if not sentences:
        raise MissingInput(path, "sentences")
    return sentences


def stimulus_unit(path: Path, sentences: Sequence[Sentence], warnings: Sequence[UsageWarning]) -> Unit:
    """Make the unit of the text: corpus, articles, sentences, words, word pairs, and what to beware of."""
    whole = digest([(s.label, s.text) for s in sentences], [(w.sentence_label, w.reason) for w in warnings])
    files = {path.name: sha256(path.read_bytes())}
    return Unit("stimulus", whole, lambda: _stimulus_rows(sentences, warnings), files)


def place(sentences: Sequence[Sentence]) -> Generator[tuple[Table, Columns], list[int] | None, Placed]:
    """Yield corpus, articles and sentences, and return their ids: rows that refer to them start with this."""
    (corpus_id,) = (
        yield stimulus.corpus, {"corpus": [CORPUS], "language": ["en"], "licence": [LICENCE], "citation": [CITATION]}
    ) or []
    positions = sorted({sentence.article for sentence in sentences})
    articles = {"corpus_id": [corpus_id] * len(positions), "article_position": positions}
    article_id = dict(zip(positions, (yield stimulus.article, articles) or [], strict=True))
    sentence_ids = yield stimulus.sentence, _sentence_columns(sentences, article_id)
    return Placed(corpus_id, dict(zip([s.label for s in sentences], sentence_ids or [], strict=True)))


def pairs(word_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give all pairs of words in canonical order: lower triangle row by row, then the rest row by row.

    Returns
    -------
    from_word, to_word : ndarray (word_count ** 2,) of int64
    """
    lower, rest = np.tril_indices(word_count), np.triu_indices(word_count, 1)
    return np.concatenate([lower[0], rest[0]]), np.concatenate([lower[1], rest[1]])


def _stimulus_rows(sentences: Sequence[Sentence], warnings: Sequence[UsageWarning]) -> Rows:
    placed = yield from place(sentences)
    yield stimulus.word, _word_columns(sentences, placed)
    yield stimulus.word_pair, _pair_columns(sentences, placed)
    for warning in warnings:
        if warning.sentence_label in placed.sentence_id:
            yield (
                ops.usage_warning_on,
                {
                    "usage_warning": [warning.usage_warning],
                    "entity": ["sentence"],
                    "entity_id": [placed.sentence_id[warning.sentence_label]],
                    "reason": [warning.reason],
                },
            )


def _sentence_columns(sentences: Sequence[Sentence], article_id: dict[int, int]) -> Columns:
    return {
        "article_id": [article_id[s.article] for s in sentences],
        "sentence_position": [s.position for s in sentences],
        "sentence_label": [s.label for s in sentences],
        "sentence_text": [s.text for s in sentences],
        "word_count": [len(s.words) for s in sentences],
    }


def _word_columns(sentences: Sequence[Sentence], placed: Placed) -> Columns:
    cells = [
        (placed.sentence_id[sentence.label], position, word)
        for sentence in sentences
        for position, word in enumerate(sentence.words)
    ]
    return dict(zip(("sentence_id", "word_position", "word_text"), zip(*cells, strict=True), strict=True))


def _pair_columns(sentences: Sequence[Sentence], placed: Placed) -> Columns:
    sizes = [len(sentence.words) for sentence in sentences]
    squares = [pairs(size) for size in sizes]
    from_word = np.concatenate([rows for rows, _ in squares])
    to_word = np.concatenate([columns for _, columns in squares])
    return {
        "sentence_id": np.repeat([placed.sentence_id[s.label] for s in sentences], np.square(sizes)),
        "from_word": from_word,
        "to_word": to_word,
        "pair_ordinal": np.concatenate([np.arange(size**2) for size in sizes]),
        "is_causal": to_word <= from_word,
    }
