"""A run: what it read, who was left out, which files it goes back to; without one, the latest runs to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.dashboard.choices import Choices
from warehouse.dashboard.links import LINKS
from warehouse.dashboard.reading import rows_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.ledger.lookup import Number
from warehouse.ledger.provenance import explain
from warehouse.report.provenance import lines
from warehouse.report.tables import as_html


@dataclass(frozen=True)
class RunView:
    """A run as lines of text with the runs it stands on, or a table of runs.

    Attributes
    ----------
    choices : Choices
        Which run.
    told : str
        Where its numbers come from; empty where no run is chosen.
    before : list of int
        Runs that it stands on.
    table : str
        The latest runs, as HTML.
    """

    choices: Choices
    told: str
    before: list[int]
    table: str


def run_view(connection: Connection, asked: Mapping[str, str]) -> RunView:
    """Explain the run that the address names.

    Raises
    ------
    BadInput
        What it names is no number of a run.
    UnknownName
        There is no such run.
    """
    choices = Choices(asked)
    wanted = choices.typed("run", "Run")
    if not wanted:
        rows = rows_of(connection, _LATEST)
        return RunView(choices, "", [], as_html(rows, LINKS, label="Runs") if rows else "")
    if not wanted.isdecimal() or len(wanted) > 9:
        raise BadInput("is not the number of a run", repr(wanted), "give a whole number, e.g. 4")
    told = explain(connection, Number(int(wanted)))
    before = sorted({one["run_id"] for one in told.get("stands_on", ())} | _loaders(told))
    return RunView(choices, "\n".join(lines(told)), before, "")


def _loaders(told: Mapping[str, Any]) -> set[int]:
    return {one["run_id"] for one in told.get("attention", ())}


_LATEST = """
SELECT run_id, job, run_status, finished_at::timestamp(0) AS finished, started_by
FROM ops.run ORDER BY run_id DESC LIMIT 100
"""
