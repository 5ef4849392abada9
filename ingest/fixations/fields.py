"""Where a value of a row comes from: a column, several, a constant, or what a pattern finds in a column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.fixations.patience import limited
from warehouse.errors import BadInput

BETWEEN = "/"
"""Between the values of several columns that name one thing."""
UNITS = {"s": 1000.0, "ms": 1.0, "us": 0.001, "ns": 0.000001}
"""Units of times, in milliseconds."""


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
    unit : str
        Of a time, one of `UNITS`; empty where none is said: milliseconds.
    """

    columns: tuple[str, ...]
    constant: str = ""
    pattern: re.Pattern[str] | None = None
    unit: str = ""

    @property
    def milliseconds(self) -> float:
        """How many of them its unit has."""
        return UNITS.get(self.unit, 1.0)

    def values(self, columns: Mapping[str, Sequence[str]], count: int) -> Sequence[str]:
        """Give the values of some rows, stripped of blanks at their ends."""
        if not self.columns:
            return [self.constant] * count
        if len(self.columns) > 1:
            parts = zip(*(columns[name] for name in self.columns), strict=True)
            return [BETWEEN.join(map(str.strip, part)) for part in parts]
        found = [value.strip() for value in columns[self.columns[0]]]
        if self.pattern is None:
            return found
        with limited(self.pattern.pattern, f"the column {self.columns[0]!r}"):
            return [_matched(self.pattern, value) for value in found]


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
    if isinstance(told, dict) and told.keys() <= {"column", "match", "unit"}:
        column = told.get("column")
        if isinstance(column, str) and column:
            pattern = _pattern(str(told["match"]), where) if "match" in told else None
            return Field((column,), pattern=pattern, unit=_unit(told["unit"], where) if "unit" in told else "")
    remedy = 'give a column, a list of columns, {value = "..."} or {column = "...", match = "regular expression"}'
    raise BadInput(f"{str(told)[:60]} is not a column", where, remedy)


def _pattern(told: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(told)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadInput(f"{told[:60]!r} is not a regular expression: {error}", where, "correct it") from None


def _unit(told: Any, where: str) -> str:
    if not where.endswith("_ms") or not isinstance(told, str) or told not in UNITS:
        remedy = f"give a start, an end or a duration one of {', '.join(UNITS)}"
        raise BadInput(f"unit = {told!r}", where, remedy)
    return told
