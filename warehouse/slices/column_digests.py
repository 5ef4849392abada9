"""The values of each reader and predictor as a digest: sums over them hold as long as it is the same."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from warehouse.slices import patterns, predictors
from warehouse.slices.cells import Sentences, blocks, sentences
from warehouse.slices.readers import subject_ids, values
from warehouse.slices.reading import Reading, Work


def of_readers(reading: Reading, work: Work) -> Mapping[int, str]:
    """Give the SHA-256 of each reader of a group over a corpus, by `subject_id`."""

    def take() -> Mapping[int, str]:
        corpus = sentences(reading, work)
        each = _digests(values(reading, [work], corpus.part(rows)) for rows in blocks(corpus))
        return dict(zip(subject_ids(reading, work).tolist(), each, strict=True))

    key = work["measure_id"], work["corpus_id"], work["language_group"]
    found: Mapping[int, str] = reading.remember("digests of readers", key, take, at_most=256)
    return found


def of_predictors(reading: Reading, works: Sequence[Work]) -> list[str]:
    """Give the SHA-256 of each predictor or pattern of some units' sets over a corpus, as `predictor_values` has them.

    What has the same values is the same predictor, whatever it is called.
    """

    def take() -> list[str]:
        corpus = sentences(reading, works[0])
        return _digests(predictor_values(reading, works, corpus.part(rows)) for rows in blocks(corpus))

    sets = {(work.get("predictor_set"), work.get("pattern_set")) for work in works}
    key = works[0]["corpus_id"], *sorted(sets, key=repr)
    found: list[str] = reading.remember("digests of predictors", key, take, at_most=64)
    return found


def predictor_values(reading: Reading, works: Sequence[Work], part: Sentences) -> np.ndarray:
    """Give units' sets of predictors, each once, or their set of patterns, over a part, (n_cells, n_predictors)."""
    if "pattern_set" in works[0]:
        return patterns.patterns(reading, works[0], part)
    return predictors.values(reading, works, part)


def _digests(parts: Iterable[np.ndarray]) -> list[str]:
    """Digest each column of values (n_cells, n_columns) that come in blocks, which leave no mark on it."""
    start, taken = 0, list[tuple["hashlib._Hash", "hashlib._Hash"]]()
    for cells in parts:
        taken = taken or [(hashlib.sha256(), hashlib.sha256()) for _ in cells.T]  # where and what, apart
        for column, (where, what) in zip(cells.T, taken, strict=True):
            filled = np.flatnonzero(column)
            where.update((filled + start).data)
            what.update(column[filled].data)
        start += len(cells)
    return [hashlib.sha256(where.digest() + what.digest()).hexdigest() for where, what in taken]


def changed(reading: Reading, work: Work) -> list[int]:
    """Give the readers of a unit whose values are not those that its extraction's sums were formed of."""
    key = work["extraction_id"], work["measure_id"]

    def ask() -> Mapping[int, str]:
        return dict(reading.connection.execute(_SUMMED_READERS, key).fetchall())

    summed: Mapping[int, str] = reading.remember("summed readers", key, ask, at_most=64)
    return [number for number, digest in of_readers(reading, work).items() if summed.get(number) != digest]


def summed_predictors(reading: Reading, extraction_id: int) -> Mapping[str, int]:
    """Give the numbers, by digest, of the predictors that an extraction's sums were formed with."""

    def ask() -> Mapping[str, int]:
        return dict(reading.connection.execute(_SUMMED_PREDICTORS, [extraction_id]).fetchall())

    found: Mapping[str, int] = reading.remember("summed predictors", extraction_id, ask, at_most=64)
    return found


_SUMMED_READERS = """
SELECT subject_id, values_digest FROM model.summed_reader WHERE extraction_id = %s AND measure_id = %s
"""
_SUMMED_PREDICTORS = """
SELECT values_digest, predictor_number::integer FROM model.summed_predictor WHERE extraction_id = %s
"""
