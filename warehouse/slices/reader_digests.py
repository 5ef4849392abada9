"""The values of each reader as a digest: sums over them hold as long as it is the same."""

import hashlib
from collections.abc import Mapping

import numpy as np

from warehouse.slices.cells import blocks, sentences
from warehouse.slices.readers import subject_ids, values
from warehouse.slices.reading import Reading, Work


def digests(reading: Reading, work: Work) -> Mapping[int, str]:
    """Give the SHA-256 of each reader of a group over a corpus, by `subject_id`."""

    def take() -> Mapping[int, str]:
        people, start = subject_ids(reading, work).tolist(), 0
        taken = [(hashlib.sha256(), hashlib.sha256()) for _ in people]  # where and what, so that blocks leave no mark
        for rows in blocks(sentences(reading, work)):
            cells = values(reading, [work], sentences(reading, work).part(rows))
            for of_reader, (where, what) in zip(cells.T, taken, strict=True):
                filled = np.flatnonzero(of_reader)
                where.update((filled + start).data)
                what.update(of_reader[filled].data)
            start += len(cells)
        each = (where.digest() + what.digest() for where, what in taken)
        return {number: hashlib.sha256(of_reader).hexdigest() for number, of_reader in zip(people, each, strict=True)}

    key = work["measure_id"], work["corpus_id"], work["language_group"]
    found: Mapping[int, str] = reading.remember("digests of readers", key, take, at_most=256)
    return found


def changed(reading: Reading, work: Work) -> list[int]:
    """Give the readers of a unit whose values are not those that its extraction's sums were formed of."""
    key = work["extraction_id"], work["measure_id"]

    def ask() -> Mapping[int, str]:
        return dict(reading.connection.execute(_SUMMED, key).fetchall())

    summed: Mapping[int, str] = reading.remember("summed readers", key, ask, at_most=64)
    return [number for number, digest in digests(reading, work).items() if summed.get(number) != digest]


_SUMMED = "SELECT subject_id, values_digest FROM model.summed_reader WHERE extraction_id = %s AND measure_id = %s"
