"""The contents of pieces, prepared in a thread while those before them are written."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from warehouse.plugin.contents import Block, Piece

PORTION_BYTES = 64 * 2**20
"""What is prepared at once, and waits while as much is written: the usual piece, or a part of a large one."""

Portion = tuple[Piece, list[Any], bool]
"""Some contents of a piece, and whether they are its last."""


def prepared(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Iterator[Any]]]:
    """Give each piece with its contents, which are to be taken before the next piece is.

    A piece of usual size is there as a whole when it is given, so that no transaction waits for what is computed; of
    a larger one, the next portion is prepared while one is written.
    """
    portions = _one_ahead(_portions(pieces))
    for piece, items, is_last in portions:
        yield piece, _rest(items, is_last, portions)


def _rest(items: Sequence[Any], is_last: bool, portions: Iterator[Portion]) -> Iterator[Any]:
    yield from items
    while not is_last:
        _, items, is_last = next(portions)
        yield from items


def _portions(pieces: Iterable[Piece]) -> Iterator[Portion]:
    for piece in pieces:
        items, byte_count = list[Any](), 0
        for item in piece.contents():
            items.append(item)
            byte_count += _bytes(item)
            if byte_count > PORTION_BYTES:
                yield piece, items, False
                items, byte_count = [], 0
        yield piece, items, True


def _bytes(item: Any) -> int:
    if isinstance(item, Block):
        return item.weights.nbytes + 24 * len(item.pairs)
    columns = item[1].values() if isinstance(item, tuple) else ()
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


def _one_ahead(portions: Iterator[Portion]) -> Iterator[Portion]:
    """Prepare the next portion in a thread while this one is used."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as pool:
        following = pool.submit(next, portions, None)
        while (portion := following.result()) is not None:
            following = pool.submit(next, portions, None)
            yield portion
