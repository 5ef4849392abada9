"""Pickles of plain data, loaded without trust: a pickle is a program, and this machine knows a handful of words.

Numbers, texts, lists, tuples and numpy arrays of numbers come out; anything else that a pickle names is refused by that
name before it is looked up. Five things are deliberate:

- It is Python's own machine in Python, not the one in C: that one sizes its memory by an index that the file states,
  so that six bytes can ask for 64 GB.
- What a pickle may call are small functions of this module. numpy's own reconstruction would allocate what the file
  states, and its dtype takes flags that let raw bytes pass for objects.
- What is found may not be changed: state is set on arrays and dtypes of numbers only, checked first.
- There are no dictionaries and sets: their keys are hashed, which a tuple in a tuple, a million deep, does not survive,
  and for which numbers can be chosen that take time squared.
- What is made is counted: the same bytes can be named again and again, and each name would be another copy.
"""

import io
import pickle
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from warehouse.errors import BadInput, MissingInput, WarehouseError
from warehouse.plugin.fetched import refuse_unfetched

SIZE_LIMIT = 32 * 2**20
"""Bytes that a pickle may have, and that arrays may be made of; the largest published one has 4 million."""


def load(path: Path) -> Any:
    """Load a pickle of numbers, texts, lists, tuples and numpy arrays of numbers.

    Raises
    ------
    MissingInput
        If there is no such file.
    BadInput
        If the file is too large, is not a pickle, or names anything else; the message tells the name.
    """
    refuse_unfetched(path)
    if not path.is_file():
        raise MissingInput(path, "pickle")
    if path.stat().st_size > SIZE_LIMIT:
        raise BadInput(f"is larger than {SIZE_LIMIT // 2**20} MiB", path, "give a smaller pickle")
    content = path.read_bytes()
    refuse_unfetched(path, content)
    try:
        return _Machine(io.BytesIO(content), path).load()
    except WarehouseError:
        raise
    except Exception as error:  # a broken pickle can raise anything, and all of it means the same
        reason = f"{type(error).__name__}: {error}"[:200]
        raise BadInput(f"is not a pickle of plain data ({reason})", path, "fetch the file again") from None


class _Dtype:
    """A dtype of plain numbers, and nothing else that a dtype can be."""

    def __init__(self, code: str, *_flags: object) -> None:
        if not re.fullmatch(r"[<>=|]?[fiub][1248]", code):
            raise ValueError(f"{code!r} is not a type of plain numbers")
        self.dtype = np.dtype(code)


def _array(_class: object, _shape: object, _code: object) -> np.ndarray:
    return np.empty(0)  # its state follows


def _scalar(number: _Dtype, data: bytes | str) -> int | float | bool:
    (value,) = np.frombuffer(_latin1(data), number.dtype).tolist()
    return value  # type: ignore[no-any-return]


def _from_buffer(data: bytes | bytearray, number: _Dtype, shape: tuple[int, ...], order: str) -> np.ndarray:
    if not isinstance(data, bytes | bytearray):  # bytes(10**12) are as many zeros
        raise ValueError(f"an array of {type(data).__name__}")
    return np.frombuffer(bytes(data), number.dtype).reshape(shape, order="F" if order == "F" else "C")


def _latin1(data: bytes | str, _encoding: object = None) -> bytes:
    """Give back the bytes that protocol 2 writes as text."""
    return data.encode("latin1") if isinstance(data, str) else bytes(memoryview(data))


def _no_bytes() -> bytes:
    """Give what protocol 2 calls for where there are none."""
    return b""


_MAKERS: dict[str, Callable[..., Any]] = {
    "multiarray._reconstruct": _array,
    "multiarray.scalar": _scalar,
    "numeric._frombuffer": _from_buffer,
}
_KNOWN: dict[str, Any] = {
    **{f"numpy.{core}.{name}": maker for core in ("core", "_core") for name, maker in _MAKERS.items()},
    "numpy.dtype": _Dtype,
    "numpy.ndarray": "numpy.ndarray",
    "_codecs.encode": _latin1,
    "__builtin__.bytes": _no_bytes,
    "builtins.bytes": _no_bytes,
}
_HASHING = (pickle.EMPTY_DICT, pickle.DICT, pickle.SETITEM, pickle.SETITEMS, pickle.EMPTY_SET, pickle.ADDITEMS,
            pickle.FROZENSET)  # fmt: skip


class _Machine(pickle._Unpickler):
    stack: list[Any]
    memo: dict[int, Any]
    read: Callable[[int], bytes]
    readline: Callable[[], bytes]
    append: Callable[[Any], None]

    def __init__(self, file: io.BytesIO, path: Path) -> None:
        super().__init__(file, encoding="latin1")  # texts of Python 2 hold bytes
        self._path, self._made = path, 0

    def find_class(self, module: str, name: str) -> Any:
        full_name = f"{module}.{name}"
        if full_name not in _KNOWN:
            what = f"names {full_name[:100]}, which is not a part of an array, and was not run"
            raise BadInput(what, self._path, "do not trust this file")
        return _KNOWN[full_name]

    def _count(self, made: Any) -> None:
        self._made += made.nbytes if isinstance(made, np.ndarray) else len(made) if isinstance(made, bytes) else 0
        if self._made > SIZE_LIMIT:
            raise ValueError(f"more than {SIZE_LIMIT // 2**20} MiB are made of it")

    def _reduce(self) -> None:
        super().load_reduce()  # type: ignore[misc]
        self._count(self.stack[-1])

    def _build(self) -> None:
        state = self.stack.pop()
        made = self.stack[-1]
        if isinstance(made, _Dtype):
            made.dtype = made.dtype.newbyteorder(state[1])
        elif isinstance(made, np.ndarray) and made.base is None and made.size == 0:
            _version, shape, number, is_fortran, data = state
            whole: Any = (1, shape, number.dtype, bool(is_fortran), _latin1(data))
            made.__setstate__(whole)  # checks that shape and bytes agree
            self._count(made)
        else:
            raise ValueError(f"state for a {type(made).__name__}")

    def _put(self) -> None:
        index = int(self.readline())
        if not 0 <= index < SIZE_LIMIT:
            raise ValueError("more names than bytes")
        self.memo[index] = self.stack[-1]

    def _bytearray(self) -> None:
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytearray(self.read(min(size, SIZE_LIMIT))))  # Python's own makes room for what is stated

    def _refuse_keys(self) -> None:
        raise ValueError("a dictionary or a set")

    dispatch: ClassVar[dict[int, Callable[..., None]]] = {
        **pickle._Unpickler.dispatch,
        **dict.fromkeys(b"".join(_HASHING), _refuse_keys),
        pickle.REDUCE[0]: _reduce,
        pickle.BUILD[0]: _build,
        pickle.PUT[0]: _put,
        pickle.BYTEARRAY8[0]: _bytearray,
    }
