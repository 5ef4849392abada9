"""What a fixation must say: who read, and numbers that can be read; others would pass for what is not told."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from ingest.fixations.pieces import Piece
from ingest.fixations.text import Text
from warehouse.errors import BadInput

NAMED = 5
"""Pages that a message names."""
WHO = ("reader", "group")
REMEDIES = {
    "order": "name a column of numbers, or write order = 'row' where rows stand in order",
    "start_ms": "name a column of numbers, or leave start_ms out",
    "x": "repair it, or say in [files] how decimals and missing values are written",
    "y": "repair it, or say in [files] how decimals and missing values are written",
}
"""Numbers that are checked row by row, and what to do; trials without a duration are rejected one by one."""


def refuse_nameless(
    piece: Piece, values: Mapping[str, Sequence[str]], known: np.ndarray, missing: Sequence[str]
) -> None:
    """Refuse fixations whose reader or group is missing.

    Parameters
    ----------
    piece : Piece
        Some rows.
    values : mapping of str to sequence of str
        What they say, by field.
    known : ndarray (n,) of bool
        True for the rows that count.
    missing : sequence of str
        How a value is written that is missing.

    Raises
    ------
    BadInput
        Naming the first.
    """
    for name in WHO:
        rows = np.flatnonzero(known).tolist() if name in values else []
        lacking = [row for row in rows if values[name][row] in missing]
        if lacking:
            what = f"a fixation has no {name}: {values[name][lacking[0]]!r} ({len(lacking):,} such rows)"
            remedy = "repair it, leave the rows out by [skip], or say with missing in [files] how it is written"
            raise BadInput(what, piece.place(lacking[0]), remedy)


def refuse_what_is_no_number(
    piece: Piece,
    values: Mapping[str, Sequence[str]],
    numbers: Mapping[str, np.ndarray],
    known: np.ndarray,
    missing: Sequence[str],
) -> None:
    """Refuse orders, starts and places that are not numbers; all but an order may be missing.

    Parameters
    ----------
    piece, values, known, missing
        As in `refuse_nameless`.
    numbers : mapping of str to ndarray (n,)
        What was read of the values, nan where there is no number.

    Raises
    ------
    BadInput
        Naming the first.
    """
    for name, remedy in REMEDIES.items():
        for row in np.flatnonzero(known & np.isnan(numbers[name])).tolist() if name in numbers else ():
            if name == "order" or values[name][row] not in missing:
                raise BadInput(f"{values[name][row][:60]!r} is not a number, as {name} is", piece.place(row), remedy)


def refuse_unknown_pages(unknown: Counter[str], seen: set[str], text: Text) -> None:
    """Refuse pages that the text lacks.

    Parameters
    ----------
    unknown : Counter
        Those, with their rows.
    seen : set of str
        All pages of the fixations.
    text : Text
        The words.

    Raises
    ------
    BadInput
        Naming the first of them.
    """
    if not unknown:
        return
    names = list(unknown)
    told = f"{', '.join(names[:NAMED])}{', ...' if len(names) > NAMED else ''}"
    if not seen & text.pages.keys():
        ours = ", ".join(list(text.pages)[:NAMED])
        what = f"none of their {len(names):,} pages ({told}) is in the words file, which has {ours}, ..."
        raise BadInput(what, "the fixations", "give the words file that belongs, or another column for page")
    rows = sum(unknown.values())
    what = f"{len(names):,} of their pages are not in the words file: {told} ({rows:,} fixations)"
    raise BadInput(what, "the fixations", "add their words, or list the pages in [skip]")
