"""The .npy files of an extraction: found by name, headers checked before a value is read."""

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from warehouse import logs
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.fetched import refuse_unfetched

BFLOAT16 = "|V2"
AXES = "(articles, sentences, heads, words, words)"
DTYPES = ("float16", "float32", "float64")
"""Of any byte order, and in C or Fortran order. Weights are stored as float32, to which float64 is rounded."""
HEADER_READERS: dict[tuple[int, int], Callable[..., Any]] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
HEADER_BYTES = 16_384
"""Read of a file before anything is believed: numpy accepts 10,000, but makes room for as many as a header states."""
LARGEST_AXIS = 2**31
NAMED = 3
"""Files that a message names."""


@dataclass(frozen=True)
class ArrayFile:
    """One layer's array on disk.

    Attributes
    ----------
    layer : int
        Counted from 0.
    path : Path
    shape : tuple of int
        (articles, sentences, heads, words, words).
    dtype : str
        ``float16``, ``float32`` or ``float64``, as it was delivered.
    """

    layer: int
    path: Path
    shape: tuple[int, ...]
    dtype: str

    def read(self) -> np.ndarray:
        """Give the array in C order, as float16 or float32; `BadInput` if the file is no longer what it was."""
        try:
            array: np.ndarray = np.load(self.path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise BadInput(f"can no longer be read ({error})", self.path, "give the command again") from error
        if array.shape != self.shape or array.dtype.name != self.dtype:
            raise BadInput("changed while it was being read", self.path, "give the command again")
        kept = np.float16 if self.dtype == "float16" else np.float32
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as such
            return np.ascontiguousarray(array, dtype=kept)

    def digest(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def array_files(directory: Path, pattern: str) -> list[ArrayFile]:
    """Find the arrays in the order of their layers, and check all headers.

    Parameters
    ----------
    directory : Path
        Folder of the arrays.
    pattern : str
        A file name with ``{layer}`` in place of the layer's number.

    Raises
    ------
    MissingInput
        No such file.
    BadInput
        A layer twice, a file that is not a readable array of the right kind, or files that differ in shape or dtype.
    """
    paths = _by_layer(directory, pattern)
    found = [ArrayFile(layer, path, *read_header(path)) for layer, path in sorted(paths.items())]
    first = found[0]
    for one in found[1:]:
        if (one.shape, one.dtype) != (first.shape, first.dtype):
            what = f"is {one.shape} {one.dtype} where {first.path.name} is {first.shape} {first.dtype}"
            raise BadInput(what, one.path, "keep the arrays of one extraction in one folder")
    return found


def _by_layer(directory: Path, pattern: str) -> dict[int, Path]:
    if pattern.count("{layer}") != 1:
        raise BadInput("does not hold {layer} once", f"--pattern {pattern!r}", "write {layer} for the layer's number")
    name = re.compile(re.escape(pattern).replace(re.escape("{layer}"), "([0-9]{1,4})"))
    found: dict[int, Path] = {}
    entries = sorted(directory.iterdir()) if directory.is_dir() else []
    for path in entries:
        if matched := name.fullmatch(path.name):
            layer = int(matched[1])
            if layer in found:
                raise BadInput(f"is layer {layer}, as is {found[layer].name}", path, "keep one of them")
            refuse_unfetched(path)
            found[layer] = path
    if not found:
        raise MissingInput(directory, f"file named {pattern}")
    _tell_unread([path.name for path in entries if path not in found.values()])
    return found


def _tell_unread(names: Sequence[str]) -> None:
    """Name the files that look like arrays and are not read: compressed, in capitals, of macOS, or of another name."""
    arrays = [name for name in names if ".npy" in name.lower()]
    if arrays:
        more = ", ..." if len(arrays) > NAMED else ""
        logs.remark(f"Not read, since their names are others: {', '.join(arrays[:NAMED])}{more} ({len(arrays)} files).")


def read_header(path: Path) -> tuple[tuple[int, ...], str]:
    """Read shape and dtype from a .npy file's header, and compare them with the size of the file.

    Raises
    ------
    BadInput
        Not a .npy file, pickled objects, another dtype, another shape than `AXES`, a truncated file.
    """
    remedy = f"save a float16 or float32 array {AXES} with numpy.save"
    try:
        with path.open("rb") as file:
            refuse_unfetched(path, file.read(HEADER_BYTES))
            file.seek(0)
            shape, dtype = _parse(file)
            start = file.tell()
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", path, "check its permissions") from error
    except BadInput:
        raise
    except Exception as error:  # the header is foreign text, and its parser raises whatever that text provokes
        raise BadInput("is not a .npy file, or its header is damaged", path, remedy) from error
    if dtype.hasobject:
        what = "holds pickled Python objects, as of a dictionary or of lists of several lengths, which are never loaded"
        raise BadInput(what, path, f"pad to one length with zeros, one file a layer, and {remedy}")
    if dtype.str == BFLOAT16:
        what = "holds '|V2' values: bfloat16, of which numpy saves the bytes and not the meaning"
        raise BadInput(what, path, "save it as float32, e.g. tensor.float().numpy()")
    if dtype.newbyteorder("=") not in map(np.dtype, DTYPES):
        raise BadInput(f"holds {dtype.str!r} values", path, remedy)
    if len(shape) != 5 or min(shape) < 1 or shape[3] != shape[4]:
        raise BadInput(f"has the shape {shape}, which is not {AXES}", path, remedy)
    _check_size(path, start + prod(shape) * dtype.itemsize)
    return shape, dtype.name


def _parse(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
    head = io.BytesIO(file.read(HEADER_BYTES))
    with warnings.catch_warnings(action="error"):
        shape, _, dtype = HEADER_READERS[np.lib.format.read_magic(head)](head)
    if not all(-LARGEST_AXIS < int(length) < LARGEST_AXIS for length in shape):
        raise ValueError("an axis that no array has")
    file.seek(head.tell())
    return tuple(map(int, shape)), dtype


def _check_size(path: Path, expected: int) -> None:
    size = path.stat().st_size
    if size != expected:
        state = "truncated" if size < expected else "too long"
        raise BadInput(f"is {state}: {size:,} bytes where its header tells {expected:,}", path, "copy it again")
