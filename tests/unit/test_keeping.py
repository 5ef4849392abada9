"""What a reading keeps: bounded by number and bytes in memory, and exact in a file."""

import numpy as np
import pytest

from warehouse.slices import keeping
from warehouse.slices.keeping import KeptArrays, KeptColumn, narrow

VALUES = [
    pytest.param(np.arange(6.0).reshape(3, 2), np.uint8, id="counts"),
    pytest.param(np.array([[0.0, 1250.0]]), np.uint16, id="milliseconds"),
    pytest.param(np.array([[0.5, -3.0], [np.nan, 2.0**40]]), np.float32, id="float32 with a gap"),
    pytest.param(np.array([[0.1, 2**24 + 1]]), np.float64, id="what needs all digits"),
    pytest.param(np.array([[-1.0, 3.0]]), np.float32, id="below zero"),
    pytest.param(np.empty((0, 4)), np.uint8, id="no cells"),
]


@pytest.mark.parametrize(("values", "kind"), VALUES)
def test_a_file_holds_the_smallest_type_with_the_same_numbers(values, kind):
    assert narrow(values).dtype == kind
    column = KeptColumn()
    for _ in range(2):
        found = column.get("block", lambda: values, is_alone=False)
        np.testing.assert_array_equal(found, values)
    assert found.dtype == np.float64


@pytest.mark.parametrize("is_alone", [True, False], ids=["in memory", "in a file"])
def test_a_block_is_made_once(is_alone):
    column, made = KeptColumn(), []
    for key in (1, 2, 1, 2) if not is_alone else (1, 1, 1):
        found = column.get(key, lambda key=key: made.append(key) or np.full((2, 3), key + 0.5), is_alone)
        assert (found == key + 0.5).all()
    assert made == ([1] if is_alone else [1, 2])


def test_without_room_for_a_file_blocks_are_made_again(monkeypatch):
    class Full:
        def __init__(self) -> None:
            self.close = lambda: None

        def seek(self, place: int) -> None:
            pass

        def write(self, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "TemporaryFile", Full)
    column, made = KeptColumn(), []
    for _ in range(3):
        assert column.get("block", lambda: made.append(1) or np.ones((2, 2)), is_alone=False).sum() == 4
    assert len(made) == 3


def test_the_oldest_is_forgotten_when_there_are_too_many():
    kept, made = KeptArrays(), []
    for key in (1, 2, 3, 2, 3, 1):
        assert kept.get(key, lambda key=key: made.append(key) or key * 10, at_most=2) == key * 10
    assert made == [1, 2, 3, 1]


def test_the_oldest_is_forgotten_when_they_are_too_large(monkeypatch):
    monkeypatch.setattr(keeping, "KEPT_BYTES", 100)
    kept, made = KeptArrays(), []
    for key in (1, 2, 3, 1):
        kept.get(key, lambda key=key: made.append(key) or np.zeros(6), at_most=50)
    assert made == [1, 2, 3, 1]
    assert len(kept.get(4, lambda: np.zeros(500), at_most=50)) == 500  # the last one is given whatever its size
