"""What an address asks for, and what there is to choose from: the state of a view is the query of its address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from warehouse.errors import BadInput


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


class Choices:
    """Picks, field by field, what the address asks for; what is not there is told and replaced by the first.

    Attributes
    ----------
    fields : list of Field
        The choices so far.
    notes : list of str
        What was asked for in vain.
    """

    def __init__(self, asked: Mapping[str, str]) -> None:
        self._asked = asked
        self.fields: list[SelectField] = []
        self.notes: list[str] = []

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

    def address(self, changed: Mapping[str, str]) -> str:
        """Give the query of this state with some values changed."""
        return "?" + urlencode({field.name: field.chosen for field in self.fields} | dict(changed))
