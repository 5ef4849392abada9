"""Where a value of a row comes from: a column, several, a constant, or what a pattern finds in a column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.errors import BadInput

BETWEEN = "/"
"""Between the values of several columns that name one thing."""


@dataclass(frozen=True)
class Field:
    """One value a row.

    Attributes
    ----------
    columns : tuple of str
        Of several, the values are joined by ``/``; none of a constant.
    constant : str
        The value of every row, where there is no column.
    pattern : re.Pattern or None
        What of the column's value counts: its first group.
    """

    columns: tuple[str, ...]
    constant: str = ""
    pattern: re.Pattern[str] | None = None

    @property
    def is_row_number(self) -> bool:
        """True for the order in which rows stand in the file."""
        return self.columns == ("row",)

    def values(self, columns: Mapping[str, Sequence[str]], count: int) -> Sequence[str]:
        """Give the values of some rows, stripped of blanks at their ends."""
        if not self.columns:
            return [self.constant] * count
        if len(self.columns) > 1:
            parts = zip(*(columns[name] for name in self.columns), strict=True)
            return [BETWEEN.join(map(str.strip, part)) for part in parts]
        found = [value.strip() for value in columns[self.columns[0]]]
        return found if self.pattern is None else [_matched(self.pattern, value) for value in found]


def _matched(pattern: re.Pattern[str], value: str) -> str:
    found = pattern.search(value)
    return "" if found is None else found[1 if pattern.groups else 0] or ""


def field_of(told: Any, where: str) -> Field | None:
    """Read a field of a mapping; None where it is left empty.

    Raises
    ------
    BadInput
        It is none of the kinds of fields.
    """
    if isinstance(told, str):
        return Field((told,)) if told else None
    if isinstance(told, list) and told and all(isinstance(one, str) and one for one in told):
        return Field(tuple(told))
    if isinstance(told, dict) and told.keys() == {"value"} and isinstance(told["value"], str | int):
        return Field((), str(told["value"]))
    if isinstance(told, dict) and told.keys() == {"column", "match"} and isinstance(told["column"], str):
        try:
            return Field((told["column"],), pattern=re.compile(str(told["match"])))
        except re.error as error:
            raise BadInput(f"{told['match']!r} is not a regular expression: {error}", where, "correct it") from None
    remedy = 'give a column, a list of columns, {value = "..."} or {column = "...", match = "regular expression"}'
    raise BadInput(f"{str(told)[:60]} is not a column", where, remedy)
