"""Conditions: what stands before the sentence when the model reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.errors import BadInput, UnknownName


@dataclass(frozen=True)
class Condition:
    """A name and the text put before each sentence, joined by a space; empty for the sentence alone."""

    name: str
    prefix: str
    description: str

    def before(self, text: str) -> str:
        """Give the text that the model reads."""
        return f"{self.prefix} {text}" if self.prefix else text

    def columns(self) -> dict[str, str]:
        """Give its row of `model.condition`."""
        return {"condition": self.name, "prefix": self.prefix, "description": self.description}


def condition_named(given: str, known: Mapping[str, Condition]) -> Condition:
    """Read one ``--condition``: the name of a stored one, or ``NAME=TEXT`` for one more.

    Raises
    ------
    UnknownName
        If it is neither.
    BadInput
        If a stored name is given another text, or a side of the equals sign is empty.
    """
    name, equals, prefix = (part.strip() for part in given.partition("="))
    if not equals:
        if name not in known:
            raise UnknownName("condition", name, list(known))
        return known[name]
    if not name or not prefix:
        raise BadInput("a name or a text is missing", f"--condition {given!r}", "write NAME=TEXT")
    if name in known and known[name].prefix != prefix:
        remedy = "choose another name, or leave the text out"
        raise BadInput(f"{name!r} is stored as {known[name].prefix!r}", f"--condition {given!r}", remedy)
    return known.get(name, Condition(name, prefix, "Given on the command line or in a study file"))
