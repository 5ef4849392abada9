"""Computes pieces, which are units together, one after the other; the slices of the next are pulled meanwhile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from warehouse.compute.plan import Planned
from warehouse.plugin.registry import Analysis, Found
from warehouse.slices import Slices

Piece = Sequence[Planned]
"""Units that are computed together."""


def in_turn(
    slices: Slices, analysis: Analysis, pieces: Iterable[Piece], parameters: Mapping[str, Any]
) -> Iterator[tuple[Piece, Sequence[Found]]]:
    """Compute pieces in turn, giving what is found of each unit; the slices of the next are pulled meanwhile.

    Linear algebra takes one thread: a layer is too small for more, whose waiting for each other took five times the
    processor time and the cores from the server. More cores are for more processes (`processes`).
    """
    with threadpool_limits(1, "blas"):
        for piece, arrays, subject_ids in _one_ahead(slices, analysis, pieces):
            found: Any = analysis.function(*arrays, **parameters)
            if analysis.per:
                yield piece, _by_unit(found, analysis.per, subject_ids)
            else:
                yield piece, found if analysis.piece else [found]


def _by_unit(found: Any, per: str, subject_ids: Sequence[np.ndarray]) -> list[Found]:
    """Divide the values of all readers among the units that they are of, with the readers' ids."""
    edges = np.cumsum([0, *map(len, subject_ids)]).tolist()
    return [
        {per: ids, **{name: values[start:stop] for name, values in found.items()}}
        for ids, (start, stop) in zip(subject_ids, pairwise(edges), strict=True)
    ]


def _one_ahead(
    slices: Slices, analysis: Analysis, pieces: Iterable[Piece]
) -> Iterator[tuple[Piece, Sequence[Any], list[np.ndarray]]]:
    """Pull the slices of the next piece in a thread while this one is computed; of those in blocks, the first block."""
    names = analysis.reads

    def pull(piece: Piece) -> tuple[Piece, Sequence[Any], list[np.ndarray]]:
        works = [unit.work for unit in piece]
        found = slices.columns(names, works, pool) if analysis.in_blocks else slices.arrays(names, *works)
        return piece, found, [slices.subject_ids(work) for work in works] if analysis.per else []

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="slices") as pool:
        waiting = None
        for piece in pieces:
            following = pool.submit(pull, piece)
            if waiting:
                yield waiting.result()
            waiting = following
        if waiting:
            yield waiting.result()
