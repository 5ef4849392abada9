"""The star of `mart`: what names a row of each view, and which of its columns leads to which dimension.

A view's key stands in its header (``Key:``), and so in its comment; a column leads to a dimension by its name.
"""

import re

DIMENSIONS = {
    "extraction_id": "extraction",
    "subject_id": "reader",
    "sentence_id": "sentence",
    "measure": "measure",
    "model": "language_model",
    "corpus": "corpus",
    "run_id": "run",
}
"""The key of each dimension, and its view."""
SIDES = ("left_", "right_", "reference_left_", "reference_right_", "base_")
"""Before the key of a dimension that a row has several of: ``left_extraction_id``."""
_KEY = re.compile(r"^Key: (.*?)(?=\n[A-Z][\w ]*: |\n\n|\Z)", re.MULTILINE | re.DOTALL)


def key(description: str) -> tuple[str, ...]:
    """Give the columns that name a row, from the comment of a view; none where it does not say."""
    found = _KEY.search(description)
    return tuple(re.split(r",\s+", found[1].strip())) if found else ()


def leads_to(view: str, column: str) -> str:
    """Give the dimension's column that a column of a view of `mart` has the values of, or nothing.

    Parameters
    ----------
    view, column : str
        The view's name with the schema, and one of its columns.

    Returns
    -------
    str
        Such as ``mart.reader.subject_id``; empty for the key of the dimension itself.
    """
    side = next((side for side in sorted(SIDES, key=len, reverse=True) if column.startswith(side)), "")
    name = column.removeprefix(side)
    dimension = DIMENSIONS.get(name)
    is_of_mart = view.startswith("mart.") and (dimension != view.removeprefix("mart.") or side)
    return f"mart.{dimension}.{name}" if dimension and is_of_mart else ""
