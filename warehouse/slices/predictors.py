"""What a set of predictors says of word pairs beside attention, as a matrix of cells by predictors."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from warehouse.slices.cells import Sentences, blocks, sentences
from warehouse.slices.reading import Reading, Work


@dataclass(frozen=True)
class Predictor:
    """A row of `stimulus.predictor`: which cells are 1, or where values come from."""

    predictor_id: int
    name: str
    kind: str
    low: int | None
    high: int | None
    of_word: str | None


@dataclass(frozen=True)
class Places:
    """Where the cells of some sentences are, (n_cells,) of int each."""

    sentence_id: np.ndarray
    from_word: np.ndarray
    to_word: np.ndarray
    word_count: np.ndarray

    @classmethod
    def of(cls, part: Sentences) -> "Places":
        """Spell out the lower triangles of a part, row by row: before the row of a word stand w (w + 1) / 2 cells."""
        sentence_id, word_count, first = (
            np.repeat(values, part.cell_count) for values in (part.sentence_id, part.word_count, part.first_cell)
        )
        place = np.arange(len(first)) - first
        from_word = ((np.sqrt(8 * place + 1) - 1) / 2).astype(np.int64)  # exact: the root of a square is
        return cls(sentence_id, from_word, place - from_word * (from_word + 1) // 2, word_count)


POSITIONS: dict[str, Callable[[Places], np.ndarray]] = {
    "words_back": lambda cells: cells.from_word - cells.to_word,
    "from_position": lambda cells: cells.from_word,
    "to_position": lambda cells: cells.to_word,
    "words_to_end": lambda cells: cells.word_count - 1 - cells.to_word,
}
"""What predictors that need no stored value count in words, by kind."""


def values(reading: Reading, works: Sequence[Work], part: Sentences) -> np.ndarray:
    """Give the predictors of some units' sets over the cells of a part, each once, (n_cells, n_predictors) float64.

    A value is nan where a word or pair has none: such sentences are not held by the unit.
    """
    union = _union(reading, works)
    column = reading.column("predictors of pieces", (works[0]["corpus_id"], *(one.name for one in union)), at_most=2)
    return column.get(
        part.ids, lambda: np.stack([_column(reading, works[0], part, one) for one in union], axis=1), part.is_whole
    )


def columns(reading: Reading, works: Sequence[Work]) -> list[np.ndarray]:
    """Give the columns of each unit's set among those."""
    everything = [one.predictor_id for one in _union(reading, works)]
    return [np.searchsorted(everything, [one.predictor_id for one in _of_set(reading, work)]) for work in works]


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the matrix is made of: the predictors' names and values."""

    def take() -> str:
        corpus, taken = sentences(reading, work), hashlib.sha256()
        for one in _of_set(reading, work):
            taken.update(repr((one.name, one.kind, one.low, one.high, one.of_word)).encode())
            for rows in blocks(corpus) if one.kind not in POSITIONS else ():
                taken.update(np.ascontiguousarray(_column(reading, work, corpus.part(rows), one)).data)
        return taken.hexdigest()

    key = (work["corpus_id"], work["predictor_set"])
    return {"predictors": reading.remember("predictors' digest", key, take, at_most=64)}


def held(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentences in which every predictor of the set has a value at every cell, (n_sentences,) bool."""

    def ask() -> np.ndarray:
        corpus = sentences(reading, work)
        stored = [one for one in _of_set(reading, work) if one.kind not in POSITIONS]
        masks = [
            np.concatenate([_is_whole(reading, work, corpus.part(rows), one) for rows in blocks(corpus)])
            for one in stored
        ]
        return reduce(np.logical_and, masks, np.ones(len(corpus.sentence_id), dtype=bool))

    key = (work["corpus_id"], work["predictor_set"])
    found: np.ndarray = reading.remember("sentences with predictors", key, ask, at_most=64)
    return found


def _is_whole(reading: Reading, work: Work, part: Sentences, one: Predictor) -> np.ndarray:
    missing = np.isnan(_column(reading, work, part, one))
    return ~np.logical_or.reduceat(missing, part.first_cell)


def _union(reading: Reading, works: Sequence[Work]) -> list[Predictor]:
    """Give the predictors of all sets, each once, by id."""
    found = {one.predictor_id: one for work in works for one in _of_set(reading, work)}
    return [found[number] for number in sorted(found)]


def _of_set(reading: Reading, work: Work) -> list[Predictor]:
    name = work["predictor_set"]

    def ask() -> list[Predictor]:
        return [Predictor(*row) for row in reading.connection.execute(_MEMBERS, [name]).fetchall()]

    found: list[Predictor] = reading.remember("predictors of a set", name, ask, at_most=64)
    return found


def _column(reading: Reading, work: Work, part: Sentences, one: Predictor) -> np.ndarray:
    """Give one predictor over the cells of a part, (n_cells,), kept from one layer to the next."""
    column = reading.column("predictors", (work["corpus_id"], one.predictor_id), at_most=256)
    return column.get(part.ids, lambda: _pull(reading, part, one), part.is_whole)


def _pull(reading: Reading, part: Sentences, one: Predictor) -> np.ndarray:
    cells: Places = reading.remember("places", part.ids, lambda: Places.of(part), at_most=1)
    if one.kind in POSITIONS:
        place = POSITIONS[one.kind](cells)
        return ((place >= one.low) & (place <= (place if one.high is None else one.high))).astype(float)
    if one.kind == "pair_feature":
        return _of_pairs(reading, part, one)
    position = cells.from_word if one.of_word == "from" else cells.to_word
    first_word = _first_words(part)[np.searchsorted(part.sentence_id, cells.sentence_id)]
    return np.asarray(_of_words(reading, part, one)[first_word + position])


def _of_words(reading: Reading, part: Sentences, one: Predictor) -> np.ndarray:
    """Give a value for every word of a part, (n_words,)."""
    sentence, word, value = reading.arrays(_WORDS, [one.predictor_id, *part.ids])
    own = np.isin(sentence, part.sentence_id)  # other corpora may have sentences between these
    found = np.full(int(part.word_count.sum()), np.nan)
    row = np.searchsorted(part.sentence_id, sentence[own])
    found[_first_words(part)[row] + word[own]] = value[own]
    return found


def _of_pairs(reading: Reading, part: Sentences, one: Predictor) -> np.ndarray:
    sentence, from_word, to_word, value = reading.arrays(_PAIRS, [one.predictor_id, *part.ids])
    own = np.isin(sentence, part.sentence_id)
    found = np.full(int(part.cell_count.sum()), np.nan)
    found[part.cell(sentence[own], from_word[own], to_word[own])] = value[own]
    return found


def _first_words(part: Sentences) -> np.ndarray:
    return np.asarray(np.cumsum(part.word_count) - part.word_count)


_MEMBERS = """
SELECT predictor_id, predictor_name, predictor_kind, level_low, level_high, of_word
FROM stimulus.predictor_set_member
JOIN stimulus.predictor USING (predictor_id)
WHERE predictor_set = %s
ORDER BY predictor_id
"""
_WORDS = """
SELECT array_agg(sentence_id), array_agg(word_position::integer), array_agg(predictor_value)
FROM slice.predictor_word WHERE predictor_id = %s AND sentence_id BETWEEN %s AND %s
"""
_PAIRS = """
SELECT
    array_agg(sentence_id), array_agg(from_word::integer), array_agg(to_word::integer), array_agg(predictor_value)
FROM slice.predictor_pair WHERE predictor_id = %s AND sentence_id BETWEEN %s AND %s
"""
