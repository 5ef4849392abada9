"""What a reading keeps to be asked for again: some values by number and bytes, and blocks of columns over cells."""

import math
from collections.abc import Callable, Iterable, Mapping
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

import numpy as np

KEPT_BYTES = 256 << 20
"""Of the arrays of one kind that are kept in memory."""
NARROW = (np.uint8, np.uint16, np.float32)
"""Types that numbers are written to a file in, where they are the same in them."""


class KeptArrays:
    """Values of one kind by key; the oldest are forgotten when they are too many or too large."""

    def __init__(self) -> None:
        self._values: dict[Any, Any] = {}

    def get(self, key: Any, make: Callable[[], Any], at_most: int) -> Any:
        """Give the value of a key, made where there is none."""
        if key not in self._values:
            made = make()
            self._values[key] = made
            while len(self._values) > at_most or (len(self._values) > 1 and self._bytes() > KEPT_BYTES):
                del self._values[next(iter(self._values))]
            return made
        return self._values[key]

    def make_all(self, keys: Iterable[Any], make: Callable[[list[Any]], Mapping[Any, Any]]) -> None:
        """Keep the values of some keys and no others; those that are not kept are made at once."""
        wanted = dict.fromkeys(keys)
        lacking = [key for key in wanted if key not in self._values]
        made = make(lacking) if lacking else {}
        self._values = {key: made[key] if key in made else self._values[key] for key in wanted}

    def _bytes(self) -> int:
        return sum(_bytes(value) for value in self._values.values())


class KeptColumn:
    """Blocks of one column: that of a corpus of one block in memory, those of a larger one in a file without a name.

    The file is gone with the process, however it ends. The system's cache serves it, so that no process grows by it.
    """

    def __init__(self) -> None:
        self._alone: np.ndarray | None = None
        self._places: dict[Any, tuple[int, np.dtype[Any], tuple[int, ...]]] = {}
        self._end = 0

    def get(self, key: Any, make: Callable[[], np.ndarray], is_alone: bool) -> np.ndarray:
        """Give a block, float64, made where it is not kept; `is_alone` says that there is no other."""
        if is_alone:
            if self._alone is None:
                self._alone = make()
                self._alone.setflags(write=False)
            return self._alone
        if key in self._places:
            return self._read(*self._places[key])
        block = make()
        self._write(key, block)
        return block

    def _write(self, key: Any, block: np.ndarray) -> None:
        small = narrow(block)
        if not self._places:
            self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the column
            finalize(self, self._file.close)
        try:
            self._file.seek(self._end)
            self._file.write(small.tobytes())
            self._file.flush()
        except OSError:  # no room: it is made again when it is asked for
            return
        self._places[key] = self._end, small.dtype, small.shape
        self._end += small.nbytes

    def _read(self, start: int, kind: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray:
        self._file.seek(start)
        stored = self._file.read(math.prod(shape) * kind.itemsize)
        return np.frombuffer(stored, kind).reshape(shape).astype(float)


def narrow(values: np.ndarray) -> np.ndarray:
    """Give the same numbers in the smallest type that holds them exactly, rows first."""
    for kind in NARROW:
        with np.errstate(invalid="ignore", over="ignore"):
            small = values.astype(kind, order="C")
        if np.array_equal(small, values, equal_nan=kind is np.float32):
            return small
    return np.ascontiguousarray(values)


def _bytes(value: Any) -> int:
    """Add up the arrays in a value: itself, or its attributes."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    return sum(part.nbytes for part in getattr(value, "__dict__", {}).values() if isinstance(part, np.ndarray))
