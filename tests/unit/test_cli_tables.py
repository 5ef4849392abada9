"""Tables that fit: headings are folded first, then texts, then columns left out and named."""

import pytest

from warehouse.cli.tables import fits, folded, record, table

ROWS = [
    {"model": "gpt2-large", "r2": "0.1540", "resemblance": "49.20", "why": "read whole"},
    {"model": "llama-7b", "r2": "-", "resemblance": "-", "why": "its text is another one than that of the readers"},
]
COLUMNS = {"model": "model", "r2": "cross-val. R2", "resemblance": "R2/ceiling %", "why": "missing because"}


def drawn(width: int | None, **options: object) -> list[str]:
    return table(ROWS, COLUMNS, width=width, **options).splitlines()


def test_a_table_is_as_wide_as_it_gets_where_nothing_limits_it() -> None:
    assert drawn(None) == [
        "model       cross-val. R2  R2/ceiling %  missing because",
        "----------  -------------  ------------  ------------------------------------------------",
        "gpt2-large         0.1540         49.20  read whole",
        "llama-7b                -             -  its text is another one than that of the readers",
    ]


def test_headings_are_folded_before_texts_and_numbers_stay_whole() -> None:
    assert drawn(75) == [
        "            cross-      R2/",
        "              val.  ceiling",
        "model           R2        %  missing because",
        "----------  ------  -------  ----------------------------------------------",
        "gpt2-large  0.1540    49.20  read whole",
        "llama-7b         -        -  its text is another one than that of the",
        "                             readers",
    ]


def test_columns_that_may_go_are_left_out_and_named_in_their_order() -> None:
    assert drawn(21, may_go=["why", "r2"]) == [
        "                R2/",
        "            ceiling",
        "model             %",
        "----------  -------",
        "gpt2-large    49.20",
        "llama-7b          -",
        "Not shown: cross-val.",
        "R2, missing because",
        "(--wide shows all).",
    ]


@pytest.mark.parametrize("width", [30, 40, 55, 70, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, drawn(width, may_go=["why", "r2", "resemblance"]))) <= width


def test_texts_become_narrower_than_asked_where_no_column_is_left_to_go() -> None:
    assert max(map(len, drawn(50, may_go=["r2"], least_text=40))) <= 50


def test_a_line_stands_above_each_group() -> None:
    rows = [{"by": "count", "r2": "1"}, {"by": "count", "r2": "2"}, {"by": "duration", "r2": "3"}]
    assert table(rows, {"r2": "R2"}, groups=["by"]).splitlines() == [
        "R2", "--", "count", " 1", " 2", "", "duration", " 3",
    ]  # fmt: skip


def test_letters_that_are_wide_take_two_columns() -> None:
    rows = [{"a": "東京", "b": "x"}, {"a": "Oslo", "b": "y"}]
    assert table(rows, {"a": "a", "b": "b"}).splitlines()[1:] == ["----  -", "東京  x", "Oslo  y"]


def test_it_tells_whether_all_columns_fit() -> None:
    assert fits(ROWS, COLUMNS, None) and fits(ROWS, COLUMNS, 81) and not fits(ROWS, COLUMNS, 60)


def test_a_record_folds_long_values_beside_their_heading() -> None:
    assert record([("why", "one two three four five six"), ("n", "3")], 20).splitlines() == [
        "why  one two three", "     four five six", "n    3",
    ]  # fmt: skip


def test_sentences_are_folded_and_words_are_not() -> None:
    assert folded("In every row: a-long-name, b.", 20) == "In every row:\na-long-name, b."
    assert folded("no width, no fold", None) == "no width, no fold"
