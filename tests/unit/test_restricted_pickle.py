"""A pickle is a program: plain data and arrays come out, nothing runs, and what was tried is named."""

import math
import os
import pickle
import subprocess
from collections import OrderedDict
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.reading_brain import pickles
from ingest.reading_brain.pickles import load
from warehouse.errors import BadInput, MissingInput

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Calls:
    """Pickles as a call of the given function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def loaded(directory: Path, content: bytes) -> Any:
    path = directory / "some.pkl"
    path.write_bytes(content)
    return load(path)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="<f8").reshape(2, 3),
        np.arange(6, dtype=">f4").reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype="i2").reshape(2, 3)),
        np.array([[True, False]]),
        np.array(200, dtype="u1"),
        np.zeros((0, 3)),
    ],
    ids=["doubles", "big-endian", "columns first", "booleans", "no axis", "empty"],
)
def test_arrays_of_numbers_come_out_as_they_went_in(tmp_path: Path, protocol: int, array: np.ndarray) -> None:
    out = loaded(tmp_path, pickle.dumps([array, array], protocol))
    assert out[0].tolist() == array.tolist()
    assert out[1].shape == array.shape
    assert out[1].dtype.newbyteorder("=") == array.dtype.newbyteorder("=")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_scalars_of_numpy_come_out_as_numbers(tmp_path: Path, protocol: int) -> None:
    out = loaded(tmp_path, pickle.dumps([np.float64(0.1), np.int16(-3), np.bool(True)], protocol))
    assert out == [0.1, -3, True]
    assert [type(value) for value in out] == [float, int, bool]


def test_names_of_the_numpy_of_python_2_are_known(tmp_path: Path) -> None:
    old = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89U\x10" + np.array([1.5, -2.0]).tobytes() + b"tb."
    )
    assert loaded(tmp_path, old).tolist() == [1.5, -2.0]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        pytest.param(os.system, ("touch {}",), f"{os.system.__module__}.system", id="shell"),
        pytest.param(subprocess.Popen, (["touch", "{}"],), r"(subprocess|commands)\.Popen", id="process"),
        pytest.param(eval, ("open({!r}, 'w')",), r"(__builtin__|builtins)\.eval", id="eval"),
        pytest.param(open, ("{}", "w"), r"(_?io)\.open", id="open"),
        pytest.param(getattr, (math, "pi"), r"(__builtin__|builtins)\.getattr", id="getattr"),
        pytest.param(np.load, ("{}",), r"numpy\.load", id="another function of numpy"),
        pytest.param(np.fromfile, ("{}",), r"numpy\.fromfile|multiarray\.fromfile", id="reading a file"),
    ],
)
def test_what_would_run_is_named_and_not_run(
    tmp_path: Path, protocol: int, function: Any, arguments: tuple[Any, ...], name: str
) -> None:
    trace = tmp_path / "trace"
    filled = [_fill(argument, str(trace)) for argument in arguments]
    if function is getattr:
        filled = [Decimal, "mro"]
        name = r"decimal\.Decimal|" + name
    with pytest.raises(BadInput, match=f"names ({name}), which is not a part of an array, and was not run"):
        loaded(tmp_path, pickle.dumps(Calls(function, *filled), protocol))
    assert not trace.exists()


def _fill(argument: Any, trace: str) -> Any:
    if isinstance(argument, list):
        return [_fill(part, trace) for part in argument]
    return argument.format(trace) if isinstance(argument, str) else argument


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"(S'touch /tmp/x'\niposix\nsystem\n.", id="INST"),
        pytest.param(b"(cposix\nsystem\nS'touch /tmp/x'\no.", id="OBJ"),
        pytest.param(b"\x8c\x05posix\x8c\x06system\x93.", id="STACK_GLOBAL"),
    ],
)
def test_every_way_of_naming_a_function_is_seen(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match=r"names posix\.system"):
        loaded(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"Nr\xff\xff\xff\xff", id="a memo of 4 billion entries"),
        pytest.param(b"\x8e" + b"\xff" * 7 + b"\x7f", id="more bytes than there are"),
        pytest.param(b"\x80\x05\x97.", id="a buffer from elsewhere"),
        pytest.param(b"\x82\x01.", id="the extension registry"),
        pytest.param(b"K\x01Q.", id="a persistent id"),
        pytest.param(b"K\x01}b.", id="state for a number"),
        pytest.param(b"cnumpy\ndtype\n}S'a'\nK\x01sb.", id="state for a function"),
        pytest.param(b"cnumpy\ndtype\n(S'O8'\ntR.", id="objects in an array"),
        pytest.param(b"cnumpy\ndtype\n(S'V999999999'\ntR.", id="a dtype of any size"),
        pytest.param(pickle.dumps(np.array([{}])), id="array of dictionaries"),
        pytest.param(pickle.dumps({"a": 1}), id="a dictionary"),
        pytest.param(pickle.dumps({"a": 1}, 0), id="a dictionary as protocol 0 writes it"),
        pytest.param(pickle.dumps({1, 2}, 4), id="a set"),
        pytest.param(pickle.dumps(frozenset([1]), 4), id="a frozen set"),
        pytest.param(b"(lp" + b"9" * 30 + b"\n.", id="a name beyond the size of files"),
        pytest.param(b"cnumpy._core.numeric\n_frombuffer\n(J\xff\xff\xff\x7ftR.", id="an array of a number of zeros"),
        pytest.param(pickle.dumps(np.zeros(2, "f8,i4")), id="array of records"),
        pytest.param(pickle.dumps(np.arange(9.0))[:-20], id="truncated"),
    ],
)
def test_what_is_no_plain_data_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match=r"some\.pkl: is not a pickle of plain data"):
        loaded(tmp_path, content)


def test_an_array_of_more_cells_than_bytes_is_refused(tmp_path: Path) -> None:
    content = pickle.dumps(np.zeros((7, 7)), 2).replace(b"K\x07K\x07\x86", b"K\xffK\xff\x86")
    with pytest.raises(BadInput, match="is not a pickle of plain data"):
        loaded(tmp_path, content)


def test_a_class_of_the_library_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"names collections\.OrderedDict"):
        loaded(tmp_path, pickle.dumps(OrderedDict(a=1)))


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "SIZE_LIMIT", 10)
    with pytest.raises(BadInput, match="is larger than"):
        loaded(tmp_path, pickle.dumps(list(range(20))))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"none\.pkl: no such file"):
        load(tmp_path / "none.pkl")
