"""The options that choose what to compute or show, and what they mean as columns."""

from collections.abc import Sequence
from typing import Any

import click

from warehouse.compute.selection import COLUMNS, QUANTITIES, chosen_columns

HELP = {
    "model": "Name of a language model.", "condition": "What stood before the sentences, e.g. plain.",
    "method": "How attention was taken, e.g. raw.", "corpus": "Name of a corpus.",
    "rule": "Rule that makes saccades: consecutive, first_three, or your own.", "region": "Brain region.",
    "group": "Group of readers: L1, L2, or your own.", "patterns": "Set of trivial patterns: trivial, or your own.",
    "predictors": "Set of predictors: baseline47, position45, trivial3, none (the heads alone), or your own.",
    "reading": "Which reading of a sentence that was read again: 1, 2, ... or all; by default the first.",
}  # fmt: skip


def selection_options() -> list[click.Parameter]:
    """Give the options; each may be repeated, and one that is not given restricts nothing."""
    measure: click.Parameter = click.Option(
        ["--measure"], type=click.Choice(list(QUANTITIES)), multiple=True,
        help="Counts of saccades, durations of the fixations they land in, region values, or, of words, reading times; "
        "may be repeated.",
    )  # fmt: skip
    return [measure, *(click.Option([f"--{name}"], multiple=True, help=HELP[name]) for name in COLUMNS)]


def pop_selection(given: dict[str, Any]) -> dict[str, Sequence[str]]:
    """Take the selection out of a command's options: chosen values by column."""
    return chosen_columns({name: given.pop(name) for name in ("measure", *COLUMNS)})
