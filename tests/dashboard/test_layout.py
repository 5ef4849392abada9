"""Matrices and choices by themselves."""

import numpy as np
import pytest

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.matrix import Matrix, square
from warehouse.errors import BadInput


def test_the_darkest_cell_is_the_largest_and_missing_ones_are_none():
    shown = Matrix("", "", ["a", "b"], square(2, [(0, 0, 0.5), (1, 0, 0.25), (1, 1, None)]))
    assert [[cell.shade for cell in cells] for _, cells in shown.rows()] == [[100, None], [50, None]]
    assert shown.darkest == 0.5


def test_a_matrix_of_nothing_and_one_of_zeros_can_be_shown():
    assert Matrix("", "", ["a"], np.full((1, 1), np.nan)).darkest == 0
    ((_, (cell,)),) = Matrix("", "", ["a"], np.zeros((1, 1))).rows()
    assert (cell.said, cell.shade) == ("0", 0)


def test_a_choice_knows_its_neighbours():
    choices = Choices({"layer": "1"})
    choices.pick("layer", "Layer", range(3))
    (field,) = choices.fields
    assert (field.step(-1), field.step(1), field.step(2)) == ("0", "2", None)
    assert choices.address({"layer": "2"}) == "?layer=2"


def test_the_address_keeps_what_was_typed_and_what_a_legend_hides():
    choices = Choices({"search": " gpt ", "hide": "a, plain\r\nb"})
    assert choices.typed("search", "Models with") == "gpt"
    assert choices.hidden == ["a, plain", "b"]
    assert choices.query({"top": "25"}) == "search=gpt&hide=a%2C+plain%0Ab&top=25"


def test_options_stand_under_their_headings():
    choices = Choices({})
    assert choices.pick("reader", "Readers", [Option("L1", "all"), Option("L1/a", "a", "L1")]) == "L1"
    assert list(choices.fields[0].groups()) == ["", "L1"]


def test_nothing_to_choose_from_is_told():
    with pytest.raises(BadInput, match="holds no layer yet"):
        Choices({}).pick("layer", "Layer", [])
