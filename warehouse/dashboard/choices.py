"""What an address asks for, and what there is to choose from: the state of a view is the query of its address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from warehouse.errors import BadInput

HIDDEN = "hide"
"""What an address calls the series that a legend has switched off, one a line."""


@dataclass(frozen=True)
class Option:
    """One thing to choose: how the address names it, how the page does, and the heading it stands under."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class SelectField:
    """A choice that was made, and what else there is."""

    name: str
    label: str
    options: list[Option]
    chosen: str

    def step(self, by: int) -> str | None:
        """Give the value that stands `by` places further; None beyond the ends."""
        values = [option.value for option in self.options]
        place = values.index(self.chosen) + by
        return values[place] if 0 <= place < len(values) else None

    def groups(self) -> dict[str, list[Option]]:
        """Give the options by heading."""
        found: dict[str, list[Option]] = {}
        for option in self.options:
            found.setdefault(option.group, []).append(option)
        return found


@dataclass(frozen=True)
class TextField:
    """What was typed, and what may be typed in short."""

    name: str
    label: str
    chosen: str
    options: tuple[Option, ...] = ()


class Choices:
    """Picks, field by field, what the address asks for; what is not there is told and replaced by the first.

    Attributes
    ----------
    fields : list of SelectField or TextField
        The choices so far.
    notes : list of str
        What was asked for in vain.
    hidden : list of str
        Series that a legend has switched off.
    """

    def __init__(self, asked: Mapping[str, str]) -> None:
        self._asked = asked
        self.fields: list[SelectField | TextField] = []
        self.notes: list[str] = []
        self.hidden = self.named(HIDDEN)

    def is_asked(self, name: str) -> bool:
        """Say whether the address has this field."""
        return bool(self._asked.get(name))

    def named(self, name: str) -> list[str]:
        """Give the names that the address has in a value, one a line."""
        return [one for one in self._asked.get(name, "").splitlines() if one]

    def pick(self, name: str, label: str, options: Iterable[Option | str | int]) -> str:
        """Pick one of the options.

        Raises
        ------
        BadInput
            If there are none.
        """
        known = [one if isinstance(one, Option) else Option(str(one), str(one)) for one in dict.fromkeys(options)]
        if not known:
            raise BadInput(f"holds no {label.lower()} yet", "the warehouse", "load and compute first: warehouse plan")
        asked = self._asked.get(name)
        chosen = next((one for one in known if one.value == asked), known[0])
        if asked is not None and chosen.value != asked:
            self.notes.append(f"There is no {label.lower()} {asked!r} here: {chosen.label} is shown.")
        self.fields.append(SelectField(name, label, known, chosen.value))
        return chosen.value

    def typed(self, name: str, label: str) -> str:
        """Give what was typed into a field, without the space around it."""
        self.fields.append(TextField(name, label, self._asked.get(name, "").strip()))
        return self.fields[-1].chosen

    def query(self, changed: Mapping[str, str] | None = None) -> str:
        """Give the query of this state with some values changed, without the question mark."""
        own = {field.name: field.chosen for field in self.fields if isinstance(field, SelectField) or field.chosen}
        return urlencode(own | ({HIDDEN: "\n".join(self.hidden)} if self.hidden else {}) | dict(changed or {}))

    def address(self, changed: Mapping[str, str]) -> str:
        """Give the address of this state with some values changed."""
        return "?" + self.query(changed)
