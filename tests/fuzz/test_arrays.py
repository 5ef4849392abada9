"""Arrays of attention: headers, file names, values; what is accepted is the attention of a causal model."""

import io
import os
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.attention_arrays.alignment import filled_sizes, token_level
from ingest.attention_arrays.extraction import extraction
from ingest.attention_arrays.files import array_files, read_header
from ingest.attention_arrays.layout import Layout
from ingest.attention_arrays.validation import weights
from tests.fuzz.damage import EDITS, any_bytes, damaged
from tests.fuzz.trial import attempt, inputs
from warehouse.errors import WarehouseError
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Block

WORDS = (("a", "b", "c"), ("d", "e"))
TEXT = Stimulus(
    7, "toy", np.array([11, 12]), np.array([0, 0]), np.array([0, 1]), ("t.01.01", "t.01.02"), ("a b c", "d e"), WORDS
)
SHAPE = (1, 2, 2, 3, 3)
MODEL = {"model": "tiny", "layer_count": 2}


def sound(dtype: str = "float32") -> np.ndarray:
    """An array of two sentences whose rows sum to 1."""
    array = np.zeros(SHAPE, dtype=dtype)
    for position, words in enumerate(WORDS):
        n = len(words)
        array[0, position, :, :n, :n] = np.tril(np.ones((n, n))) / np.arange(1, n + 1)[:, None]
    return array


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


FILES = [saved(sound(dtype)) for dtype in ("float32", "float16")]
HEADER = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{{'descr': {!r}, 'fortran_order': {!r}, 'shape': {!r}, }}".format,
        st.one_of(st.sampled_from(["<f4", "<f2", "|O", "<f8", "<U5", ">f4", "", "V0", "(9,9)f4"]), st.text(max_size=5)),
        st.one_of(st.booleans(), st.integers(0, 1)),
        st.one_of(st.lists(st.integers(-2, 2**62), max_size=6).map(tuple), st.integers(), st.text(max_size=3)),
    ),
)


def npy(version: tuple[int, int], header: str, content: bytes = b"") -> bytes:
    encoded = header.encode("utf-8")
    length = len(encoded).to_bytes(2 if version[0] < 2 else 4, "little")
    return b"\x93NUMPY" + bytes(version) + length + encoded + content


HEX = "0x1" + "0" * 1800
LARGE = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"


@inputs(600)
@given(
    content=st.one_of(
        any_bytes(*(file[:130] for file in FILES)),
        st.builds(npy, st.sampled_from([(1, 0), (2, 0), (3, 0), (9, 9)]), HEADER, st.binary(max_size=40)),
    )
)
@example(content=npy((1, 0), LARGE % ", ".join([HEX] * 5)))
@example(content=npy((1, 0), LARGE % ", ".join(["1", "1", "1" * 4000, HEX, HEX])))
@example(content=npy((1, 0), "(" * 4000))
@example(content=npy((1, 0), "-" * 9000 + "1"))
@example(content=b"\x93NUMPY\x02\0\xff\xff\xff\xff{}")
def test_whatever_a_header_says_the_answer_is_a_sentence(place: Path, content: bytes) -> None:
    path = place / "header.npy"
    path.write_bytes(content)
    found = attempt("npy header", lambda: read_header(path))
    assert isinstance(found, WarehouseError)


@inputs(300)
@given(content=st.one_of(*(damaged(file) for file in FILES)))
def test_a_damaged_array_is_refused_or_is_attention(place: Path, content: bytes) -> None:
    folder = place / "arrays"
    folder.mkdir(exist_ok=True)
    (folder / "layer0.npy").write_bytes(content)

    def blocks() -> list[np.ndarray]:
        found = extraction(array_files(folder, "layer{layer}.npy"), TEXT, MODEL, {"condition": "plain"}, False)
        return [part.weights for piece in found.pieces for part in piece.contents() if isinstance(part, Block)]

    found = attempt("npy file", blocks)
    for weight in [] if isinstance(found, WarehouseError) else found:
        assert weight.shape == (9, 2)
        assert (weight >= 0).all() and (weight <= 1.01).all()


FOREIGN = st.one_of(st.floats(width=16), st.sampled_from([-0.0, np.nan, np.inf, -np.inf, 6e-8, 1.0, 1.002, 65504.0]))


@inputs(300)
@given(
    dtype=st.sampled_from(["float16", "float32"]),
    is_cropped=st.booleans(),
    cells=st.lists(st.tuples(st.integers(0, np.prod(SHAPE) - 1), FOREIGN), min_size=1, max_size=5),
)
def test_values_are_refused_or_are_attention(dtype: str, is_cropped: bool, cells: list[tuple[int, float]]) -> None:
    array = sound(dtype)
    for place, value in cells:
        array.reshape(-1)[place] = value
    layout = Layout.of(TEXT, SHAPE, is_cropped=is_cropped)

    def taken() -> np.ndarray:
        token_level(filled_sizes(array), layout, "some.npy")
        return weights(array, layout, "some.npy").values

    found = attempt("npy values", taken)
    if not isinstance(found, WarehouseError):
        assert (found >= 0).all() and (found <= 1.01).all()
        sums = np.add.reduceat(found, layout.rows, axis=0)
        assert (sums >= 0).all() and (sums < 1.01).all()


NAMES = damaged(b"rb_p1_layer7.npy", EDITS).map(lambda name: name.replace(b"/", b"").replace(b"\0", b"")[:200])


@inputs(200)
@given(
    names=st.lists(NAMES, min_size=1, max_size=4),
    pattern=st.one_of(st.text(max_size=20), st.sampled_from(["rb_p1_layer{layer}.npy", "{layer}", "({layer}.+*[", ""])),
)
@example(names=[b"layer1.npy", b"layer01.npy"], pattern="layer{layer}.npy")
@example(names=["layer\u0663.npy".encode()], pattern="layer{layer}.npy")
@example(names=[b"\xff1.npy"], pattern="\udcff{layer}.npy")
def test_whatever_the_files_are_called(place: Path, names: list[bytes], pattern: str) -> None:
    folder = place / "names"
    folder.mkdir(exist_ok=True)
    paths = [folder / os.fsdecode(name) for name in names if name not in (b"", b".", b"..")]
    for path in paths:
        path.write_bytes(FILES[0])
    try:
        found = attempt("array file names", lambda: array_files(folder, pattern))
    finally:
        for path in set(paths):
            path.unlink()
    for one in [] if isinstance(found, WarehouseError) else found:
        assert 0 <= one.layer < 10_000
