"""The options that choose what to compute or show, and what they mean as columns."""

from collections.abc import Sequence
from typing import Any

import click

from warehouse.cli.commands import Option
from warehouse.compute.selection import COLUMNS, QUANTITIES, choices_of, chosen_columns, quantities_of
from warehouse.plugin.registry import Analysis

HELP = {
    "model": "Name of a language model.", "condition": "What stood before the sentences, e.g. plain.",
    "method": "How attention was taken, e.g. raw.", "corpus": "Name of a corpus.",
    "rule": "Rule that makes saccades: consecutive, first_three, or your own.", "region": "Brain region.",
    "group": "Group of readers: L1, L2, or your own.", "pattern": "Set of trivial patterns: trivial, or your own.",
    "predictors": "Set of predictors: baseline47, position45, trivial3, or your own.",
    "reading": "Which reading of a sentence that was read again: 1, 2, ... or all; by default the first.",
}  # fmt: skip
FORMERLY = {"pattern": "--patterns"}
MEASURES = {
    "count": "counts of saccades", "duration": "durations of the fixations they land in", "roi": "region values",
    "first-fixation": "reading times of words",
}  # fmt: skip


def selection_options(analysis: Analysis | None = None) -> list[click.Parameter]:
    """Give the options that choose units of an analysis, or of any; one that is not given restricts nothing.

    Parameters
    ----------
    analysis : Analysis or None
        None for commands of several.
    """
    names = choices_of(analysis) if analysis else ["measure", *COLUMNS]
    return [_measure(analysis) if name == "measure" else choice_option(name) for name in names]


def pop_selection(given: dict[str, Any]) -> dict[str, Sequence[str]]:
    """Take the selection out of a command's options: chosen values by column."""
    return chosen_columns({name: given.pop(name) for name in ("measure", *COLUMNS) if name in given})


def example_call(verb: str, analysis: Analysis) -> str:
    """Give a call that computes or shows some units, e.g. ``warehouse show noise-ceiling --measure count``."""
    names, quantities = choices_of(analysis), quantities_of(analysis)
    values = {"measure": quantities[0], "pattern": "trivial", "corpus": "reading_brain"}
    chosen = next((f" --{name} {value}" for name, value in values.items() if name in names), "")
    return f"warehouse {verb} {analysis.name.replace('_', '-')}{chosen}"


def choice_option(name: str) -> click.Parameter:
    """Give the option that chooses by one of `HELP`."""
    return Option([f"--{name}"], multiple=True, help=HELP[name], formerly=FORMERLY.get(name))


def _measure(analysis: Analysis | None) -> click.Parameter:
    names = quantities_of(analysis) if analysis else list(QUANTITIES)
    told = ", ".join(told for name, told in MEASURES.items() if name in names)
    kind = click.Choice(names, case_sensitive=False)
    return Option(["--measure"], type=kind, multiple=True, help=f"{told[:1].upper()}{told[1:]}; may be repeated.")
