"""Names at the door: of models, corpora, readers, conditions, groups; and texts that no table should hold.

A name is shown in terminals, spreadsheets, web pages and SQL, and typed again: so it is of letters, digits and a few
marks, begins with a letter or digit, and looks like what it is.
"""

import html
import re
import unicodedata
from typing import Any

from warehouse.errors import BadInput

LONGEST = 120
"""Characters of a name."""
MARKS = " /._-+:@(),'#"
"""What may stand in a name besides letters, digits and their accents; a blank not twice, nor at the end."""
LETTERS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"}
ACCENTS = {"Mn", "Mc"}
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters and accents that are not seen: fillers and selectors of variants."""
MOST_ACCENTS = 3
"""That follow each other."""
FORMULA = set("=+-@")
NUMBER = re.compile(r"[+-]?[0-9][0-9.,eE+-]*")
CONTROL = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's categories of what moves the cursor, is not a character or ends a line."""


def check_name(name: str, kind: str, where: object = "") -> str:
    """Give a name itself, if it can be one.

    Parameters
    ----------
    name : str
        The name.
    kind : str
        Of what, for the message, e.g. ``model``.
    where : object
        Where it was found; by default its kind says enough.

    Raises
    ------
    BadInput
        Saying what is wrong with it.
    """
    if fault := _fault(name):
        shown = f"{kind} {name[:60]!a}"
        remedy = f"begin with a letter or digit, and use letters, digits, single blanks and {MARKS.strip()}"
        raise BadInput(f"cannot be a name: {fault}", f"{where}, {shown}" if where else shown, remedy)
    return name


def _fault(name: str) -> str:
    """Say what keeps a text from being a name; empty where nothing does."""
    kinds = [unicodedata.category(letter) for letter in name]
    strange = [c for c, kind in zip(name, kinds, strict=True) if kind not in LETTERS | ACCENTS and c not in MARKS]
    strange += INVISIBLE.findall(name)
    accents = "".join("m" if kind in ACCENTS else " " for kind in kinds).split()
    faults = {
        f"it has {len(name):,} characters, and a name has 1 to {LONGEST}": not 1 <= len(name) <= LONGEST,
        "it does not begin with a letter or digit": not kinds or kinds[0] not in LETTERS,
        f"it holds the character U+{ord(strange[0]) if strange else 0:04X}": bool(strange),
        "it is not in Unicode's composed form (NFC)": unicodedata.normalize("NFC", name[:LONGEST]) != name[:LONGEST],
        "a blank stands twice or at its end": name.endswith(" ") or "  " in name,
        f"more than {MOST_ACCENTS} accents follow each other": max(map(len, accents), default=0) > MOST_ACCENTS,
    }
    return next((fault for fault, is_one in faults.items() if is_one), "")


def control_character(text: str, allowed: str = "") -> str:
    """Name the first control character of a text, e.g. ``U+001B``; empty where it has none."""
    if text.isprintable():
        return ""
    found = (c for c in text if unicodedata.category(c) in CONTROL and c not in allowed)
    letter = next(found, "")
    return f"U+{ord(letter):04X}" if letter else ""


def control_in(value: Any, allowed: str = "") -> str:
    """Name the first control character in a text, or in the texts of a JSON value; empty where there is none."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and (found := control_character(one, allowed)):
            return found
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
    return ""


def as_printed(text: str, keep: str = "") -> str:
    """Give a text as it may be printed: what a terminal would obey, or would hide, is written out (``\\x1b``)."""
    if text.isprintable():
        return text
    hidden = {*CONTROL, "Cf", "Co", "Cn"}
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in hidden and c not in keep else c for c in text)


def spreadsheet_text(value: Any) -> Any:
    """Give a value of a CSV file: a text that a spreadsheet would compute gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = as_printed(value, keep="\n")
    return f"'{text}" if text.lstrip()[:1] in FORMULA and not NUMBER.fullmatch(text) else text


def markdown_text(text: str) -> str:
    """Give a text of a cell of a Markdown table: no HTML, no link, no end of the cell."""
    plain = html.escape(as_printed(text), quote=False)
    return re.sub(r"([|\[\]`])", r"\\\1", plain)
