"""What hangs on arrays that are given again is computed once, and never given of other numbers."""

import numpy as np
import pytest

from warehouse.plugin.same_arrays import FEW, KEPT, once_for_same_arrays


@pytest.fixture
def counted():
    """A function of arrays, and how often it was really called."""
    calls = []

    @once_for_same_arrays
    def total(*arrays):
        calls.append(len(arrays))
        return sum(array.sum() for array in arrays)

    return total, calls


def given_again(size=FEW + 1, value=1.0):
    array = np.full(size, value)
    array.setflags(write=False)
    return array


def test_the_same_array_is_computed_once(counted):
    total, calls = counted
    array = given_again()
    assert total(array) == total(array) == array.sum() and calls == [1]


def test_an_array_that_can_be_written_to_is_computed_each_time(counted):
    total, calls = counted
    array = np.ones(FEW + 1)
    assert total(array) == FEW + 1
    array[0] = 5.0
    assert total(array) == FEW + 5 and calls == [1, 1]


def test_beside_it_few_numbers_are_compared_and_many_are_not(counted):
    total, calls = counted
    array = given_again()
    assert total(array, np.arange(3)) == total(array, np.arange(3))
    assert total(array, np.arange(4)) != total(array, np.arange(3)) and calls == [2, 2]
    assert total(array, given_again()) == total(array, given_again())
    assert calls == [2, 2, 2, 2]  # equal, and another object each time


def test_few_numbers_that_were_written_over_are_others(counted):
    total, calls = counted
    array, few = given_again(), np.arange(3)
    assert total(array, few) == array.sum() + 3
    few[0] = 7
    assert total(array, few) == array.sum() + 10 and calls == [2, 2]


def test_the_oldest_is_forgotten(counted):
    total, calls = counted
    arrays = [given_again(value=value) for value in range(KEPT + 1)]
    for array in (*arrays, arrays[-1], arrays[0]):
        assert total(array) == array.sum()
    assert len(calls) == KEPT + 2
