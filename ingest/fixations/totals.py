"""Files that hold no fixations but totals by word: no transitions can be made of them."""

from ingest.fixations.collecting import wanted_columns
from ingest.fixations.mapping import Mapping
from ingest.fixations.tables import Table
from warehouse.errors import BadInput

TOTALS = {
    "WORD_TOTAL_READING_TIME", "WORD_GAZE_DURATION", "WORD_FIRST_FIXATION_DURATION", "IA_DWELL_TIME",
    "IA_FIRST_RUN_DWELL_TIME", "IA_FIRST_FIXATION_DURATION", "WORD_SELECTIVE_GO_PAST_TIME",
}  # fmt: skip
"""Columns of reports by word, such as GECO's and the interest area reports of Data Viewer."""


def holds_totals(header: list[str]) -> bool:
    """Tell whether a table has totals by word and no fixations."""
    return bool(TOTALS & set(header)) and not any("CURRENT_FIX" in name for name in header)


def refuse_totals(table: Table, mapping: Mapping) -> None:
    """Refuse a report by word.

    Raises
    ------
    BadInput
        If it has columns of totals, and lacks some that the mapping asks for.
    """
    if holds_totals(table.header) and set(wanted_columns(mapping)) - set(table.header):
        raise is_of_totals(table)


def is_of_totals(table: Table) -> BadInput:
    """Make the refusal."""
    what = "holds totals by word (as GECO publishes), and not the fixations: which word followed which is not in it"
    return BadInput(what, table.path, "give the fixation report, with one row a fixation")
