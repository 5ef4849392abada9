"""Conditions: what stands around the sentence when the model reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from warehouse.errors import BadInput, UnknownName

CONTEXTS = ("", "previous-sentences", "page")
"""None, the sentences of the article before it, or all that were on one screen with it."""


@dataclass(frozen=True)
class Condition:
    """A name and what stands around each sentence.

    Attributes
    ----------
    name : str
    prefix : str
        Text before it; empty for the sentence alone.
    description : str
    suffix : str
        Text after it.
    is_spaced : bool
        Whether a space joins prefix and suffix to it.
    is_chat : bool
        Whether all of it is a user's turn in the chat template of the model's tokenizer.
    system_text : str
        The system's turn before it.
    adds_start : bool
        Whether a start token is put first where the tokenizer adds none.
    context : str
        What the model reads of the same text beside the sentence: a key of `CONTEXTS`.
    """

    name: str
    prefix: str
    description: str
    suffix: str = ""
    is_spaced: bool = True
    is_chat: bool = False
    system_text: str = ""
    adds_start: bool = False
    context: str = ""

    def surround(self, text: str) -> str:
        """Give the text with what stands before and after it, without a chat template."""
        gap = " " if self.is_spaced else ""
        return f"{self.prefix}{gap * bool(self.prefix)}{text}{gap * bool(self.suffix)}{self.suffix}"

    def messages(self, text: str) -> list[dict[str, str]]:
        """Give the turns of a chat."""
        system = [{"role": "system", "content": self.system_text}] if self.system_text else []
        return [*system, {"role": "user", "content": self.surround(text)}]

    def columns(self) -> dict[str, Any]:
        """Give its row of `model.condition`."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"condition": own.pop("name"), **own}

    @property
    def surroundings(self) -> dict[str, Any]:
        """Give what stands around a sentence apart from the prefix."""
        return {
            name: value for name, value in self.columns().items() if name not in ("condition", "prefix", "description")
        }


PLAIN = Condition("", "", "")


def resolve_condition(given: str, known: Mapping[str, Condition], around: Condition = PLAIN) -> Condition:
    """Read one ``--condition``: the name of a stored one, or ``NAME=TEXT`` for one more.

    Parameters
    ----------
    given : str
        As it was asked for.
    known : mapping of str to Condition
        Those stored.
    around : Condition
        What else was asked for, of the new ones.

    Raises
    ------
    UnknownName
        If it is neither.
    BadInput
        If a stored name is given another text or other surroundings, or a side of the equals sign is empty.
    """
    name, equals, prefix = (part.strip() for part in given.partition("="))
    if around.system_text and not around.is_chat:
        raise BadInput("a system's turn needs a chat", f"--condition {given!r}", "give --chat-template too")
    is_more = around.surroundings != PLAIN.surroundings
    if not equals and name not in known:
        raise UnknownName("condition", name, list(known))
    if not name or (equals and not prefix and not is_more):
        raise BadInput("a name or a text is missing", f"--condition {given!r}", "write NAME=TEXT")
    if name not in known:
        return replace(around, name=name, prefix=prefix, description="Given on the command line or in a study file")
    stored, remedy = known[name], "choose another name, or leave the text out"
    if equals and stored.prefix != prefix:
        raise BadInput(f"{name!r} is stored as {stored.prefix!r}", f"--condition {given!r}", remedy)
    if is_more and stored.surroundings != around.surroundings:
        what = f"{name!r} is stored with other surroundings of the sentence"
        raise BadInput(what, f"--condition {given!r}", "give it a name of its own: --condition NAME=TEXT")
    return stored
