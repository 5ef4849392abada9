"""What people choose to compute or to see, by the names that options have, as columns of views."""

from collections.abc import Mapping, Sequence
from typing import Any

QUANTITIES = {
    "count": "saccade_count", "duration": "saccade_duration", "roi": "roi_value",
    "first-fixation": "first_fixation_duration", "gaze-duration": "gaze_duration", "go-past": "go_past_time",
    "total": "total_reading_time",
}  # fmt: skip
"""Measures by their short names."""
COLUMNS = {
    "model": "model", "condition": "condition", "method": "method", "corpus": "corpus", "rule": "saccade_rule",
    "region": "region", "group": "language_group", "patterns": "pattern_set",
    "predictors": "predictor_set", "reading": "reading",
}  # fmt: skip
"""The column that each option chooses by, apart from the measure."""


def chosen_columns(given: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Give the chosen values by column; an option that is absent or empty restricts nothing.

    Parameters
    ----------
    given : mapping
        Texts or sequences of texts by the names of `COLUMNS`, and ``measure``.
    """
    found: dict[str, Sequence[str]] = {}
    for name, value in given.items():
        values = [value] if isinstance(value, str) else list(value or ())
        if name == "measure":
            found["quantity"] = [QUANTITIES.get(each, each) for each in values]
        else:
            found[COLUMNS[name]] = values
    return {column: values for column, values in found.items() if values}
