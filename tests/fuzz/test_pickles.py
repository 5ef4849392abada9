"""Pickles of regions: plain data come out as they went in, anything else ends in a sentence, and matrices are rows."""

import pickle
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.reading_brain.pickles import load
from ingest.reading_brain.regions import fault, read_records, region_unit
from tests.fuzz.damage import any_bytes
from tests.fuzz.trial import attempt, inputs
from warehouse.errors import WarehouseError
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rejection, Rows

WORDS = (("a", "b", "c"), ("d", "e"))
TEXT = Stimulus(
    7, "toy", np.array([11, 12]), np.array([0, 0]), np.array([0, 1]), ("t.01.01", "t.01.02"), ("a b c", "d e"), WORDS
)
SUBJECTS = {"sub-02": 1, "sub-03": 2}
RECORDS = [[[np.eye(3).tolist(), np.eye(2)]], [[[[1, 2.5, np.float64(2.0)]] * 3, np.zeros((2, 2), "f4")]]]
PICKLES = [pickle.dumps(RECORDS, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@inputs(300)
@given(value=PLAIN, protocol=st.sampled_from([3, 4, 5]))
def test_plain_data_come_out_as_they_went_in(place: Path, value: Any, protocol: int) -> None:
    path = place / "plain.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    assert attempt("pickle, plain data", lambda: load(path)) == value


@inputs(600)
@given(content=any_bytes(*PICKLES))
@example(content=b"cos\nsystem\n(S'exit 1'\ntR.")
@example(content=b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"a.")
@example(content=b"\x80\x02}" + b")" + b"\x85" * 1000 + b"K\x01s.")
@example(content=pickle.dumps(np.zeros((2**29, 0))))
def test_any_pickle_ends_in_plain_data_or_a_sentence(place: Path, content: bytes) -> None:
    path = place / "some.pkl"
    path.write_bytes(content)
    attempt("pickle", lambda: load(path))


@inputs(300)
@given(content=any_bytes(*PICKLES))
@example(content=pickle.dumps([[[np.zeros((2**29, 0)), [[0, 10**400]] * 2]], [[]]]))
def test_any_region_file_ends_in_rows_or_a_sentence(place: Path, content: bytes) -> None:
    path = place / "region.pkl"
    path.write_bytes(content)

    def rows() -> list[Any]:
        records = read_records([path], TEXT, "L1", SUBJECTS)
        return [item for record in records for item in _driven(region_unit(record, TEXT, "angular").rows())]

    found = attempt("region file", rows)
    for item in [] if isinstance(found, WarehouseError) else found:
        if not isinstance(item, Rejection) and "roi_value" in item[1]:
            assert np.isfinite(np.asarray(item[1]["roi_value"], dtype=float)).all()


def _driven(rows: Rows) -> Iterator[Any]:
    """Hand out the id 1."""
    with suppress(StopIteration):
        yield (item := next(rows))
        while True:
            yield (item := rows.send(None if isinstance(item, Rejection) else [1]))


HUGE = st.sampled_from([10**400, -(10**400), 2**63])
CELL = st.one_of(st.integers(), st.floats(), st.none(), st.text(max_size=2), HUGE)
MATRIX = st.one_of(
    CELL, st.lists(CELL, max_size=3), st.lists(st.lists(CELL, max_size=4), max_size=4),
    st.tuples(st.integers(0, 4), st.integers(0, 4)).map(np.zeros),
    st.integers(0, 10**6).map(lambda n: np.zeros((n, 0))),
)  # fmt: skip


@inputs(300)
@given(matrix=MATRIX)
def test_a_matrix_without_fault_is_square_and_finite(matrix: Any) -> None:
    if not attempt("matrix", lambda: fault(matrix, 3)):
        array = np.asarray(matrix, dtype=float)
        assert array.shape == (3, 3)
        assert np.isfinite(array).all()
