"""What people choose to compute or to see, by the names that options have, as columns of views."""

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.plugin.registry import Analysis

QUANTITIES = {
    "count": "saccade_count", "duration": "saccade_duration", "roi": "roi_value",
    "first-fixation": "first_fixation_duration", "gaze-duration": "gaze_duration", "go-past": "go_past_time",
    "total": "total_reading_time",
}  # fmt: skip
"""Measures by their short names."""
COLUMNS = {
    "model": "model", "condition": "condition", "method": "method", "corpus": "corpus", "rule": "saccade_rule",
    "region": "region", "group": "language_group", "pattern": "pattern_set",
    "predictors": "predictor_set", "reading": "reading",
}  # fmt: skip
"""The column that each option chooses by, apart from the measure."""
OF_ATTENTION = ("model", "condition", "method", "corpus")
CHOOSING: dict[str, Sequence[str]] = {
    "extraction_id": OF_ATTENTION, "left_extraction_id": OF_ATTENTION, "right_extraction_id": OF_ATTENTION,
    "corpus_id": ("corpus",), "condition_id": ("condition",), "method": ("method",),
    "measure_id": ("measure", "rule", "region"), "quantity": ("measure",),
    "language_group": ("group",), "pattern_set": ("pattern",), "predictor_set": ("predictors",),
}  # fmt: skip
"""What units can be chosen by, by the columns that name them."""
OF_WORDS = QUANTITIES.keys() - {"count", "duration", "roi"}
"""Measures of words, and not of word pairs."""


def choices_of(analysis: Analysis) -> list[str]:
    """Name what the units of an analysis can be chosen by; of one that is not ours, all there is."""
    if not analysis.is_ours:
        return ["measure", *COLUMNS]
    found = {name for column in analysis.unit for name in CHOOSING.get(column, ())}
    if {"measure_id", "language_group"} <= set(analysis.unit):
        found.add("reading")
    if "roi" not in quantities_of(analysis):
        found.discard("region")
    return [name for name in ("measure", *COLUMNS) if name in found]


def quantities_of(analysis: Analysis) -> list[str]:
    """Give the short names of the measures that an analysis can be asked of."""
    if analysis.quantities:
        return [name for name, quantity in QUANTITIES.items() if quantity in analysis.quantities]
    return [name for name in QUANTITIES if name not in OF_WORDS or not analysis.is_ours]


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
