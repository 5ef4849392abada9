"""Claims with their evidence side by side: as published, as found here, corrected, and beyond the baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.drawings import Drawing, drawing
from warehouse.dashboard.reading import rows_of
from warehouse.database.types import Connection
from warehouse.report.tables import run_ids

KINDS = {
    "published": ("published_value", None, None, None),
    "here": ("value_here", None, None, "value_p"),
    "corrected": ("corrected_value", "corrected_low", "corrected_high", "corrected_p"),
    "beyond baseline": ("beyond_value", "beyond_low", "beyond_high", "beyond_p"),
}
"""Kinds of evidence: the columns of their value, its interval and its p."""
EVIDENCE = {
    "resemblance_rises_with_scale": "scale_fit", "fmri_agrees_on_scale": "scale_fit",
    "loss_goes_with_resemblance": "loss_scatter", "fmri_agrees_on_loss": "loss_scatter",
    "resemblance_falls_with_tuning": "tuning_effect", "closer_to_second_language": "group_difference",
    "scale_changes_more_than_tuning": "divergence_curve", "tuning_raises_sensitivity": "divergence_curve",
    "scale_lowers_reliance": "reliance_difference", "tuning_raises_reliance": "reliance_difference",
    "second_language_relies_on_patterns": "reader_reliance",
}  # fmt: skip
"""The exhibit in which a claim is to be seen; of others there is only the table."""
ALL = "all"


@dataclass(frozen=True)
class Claim:
    """A claim, for each group of readers and measure that it is made of.

    Attributes
    ----------
    statement, quantity : str
        What is claimed, and of which quantity.
    cases : list of mapping
        Rows of `mart.claim`.
    shown : Drawing or None
        Its values; None where nothing is computed.
    exhibit : str
        Where it is to be seen; empty where there is no such exhibit.
    runs : list of int
        Behind it.
    """

    statement: str
    quantity: str
    cases: list[Mapping[str, Any]]
    shown: Drawing | None
    exhibit: str
    runs: list[int]


@dataclass(frozen=True)
class ClaimView:
    """Claims, and which of them are chosen."""

    choices: Choices
    claims: list[Claim]

    def drawings(self) -> list[Drawing]:
        """Give what is drawn."""
        return [claim.shown for claim in self.claims if claim.shown]


def claim_view(connection: Connection, asked: Mapping[str, str]) -> ClaimView:
    """Show the claims that the address asks for."""
    choices = Choices(asked)
    rows = rows_of(connection, _CLAIMS)
    verdicts = dict.fromkeys(row["verdict"] for row in rows)
    wanted = choices.pick("verdict", "Verdict", [Option(ALL, "any"), *(Option(one, one) for one in verdicts)])
    return ClaimView(choices, claims([row for row in rows if wanted in (ALL, row["verdict"])]))


def claims(rows: Sequence[Mapping[str, Any]]) -> list[Claim]:
    """Gather rows of `mart.claim` by claim."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["claim"], []).append(row)
    return [
        Claim(
            cases[0]["statement"], cases[0]["quantity_claimed"], cases, _drawn(cases), EVIDENCE.get(name, ""),
            sorted({run for case in cases for run in run_ids(case)}),
        )
        for name, cases in found.items()
    ]  # fmt: skip


def _drawn(cases: Sequence[Mapping[str, Any]]) -> Drawing | None:
    """Draw the values of a claim, each kind of evidence at its place."""
    rows = [
        {
            "evidence": kind,
            "readers": ", ".join(filter(None, [case["language_group"], case["measure"]])),
            "value": case[value],
            "low": case[low] if low else None,
            "high": case[high] if high else None,
            "p": case[p] if p else None,
            **{name: case[name] for name in ("subject_count", "usage_warnings", "run_ids")},
        }
        for kind, (value, low, high, p) in KINDS.items()
        for case in cases
        if case[value] is not None
    ]
    if all(row["evidence"] == "published" for row in rows):
        return None
    axes = {"x": "evidence", "y": "value", "low": "low", "high": "high", "series": "readers"}
    return drawing("bars", rows, axes, {"x": "", "y": "Value"}, cases[0]["statement"], {"0": "no effect"})


_CLAIMS = "SELECT * FROM mart.claim ORDER BY claim, corpus NULLS LAST, language_group, measure"
