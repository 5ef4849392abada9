"""All analyses, in dependency order: what is due, and doing it."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from warehouse import logs
from warehouse.compute.one_analysis import complete_parameters, compute_one
from warehouse.compute.plan import Plan, count_units, make_plan
from warehouse.compute.restriction import Selection, refuse_unknown
from warehouse.compute.workers import start_workers
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, WarehouseError
from warehouse.ledger import pace, sessions
from warehouse.load.tally import Tally
from warehouse.plugin.registry import Analysis, analyses, in_order
from warehouse.plugin.registry import parameters as parameters_of
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.slices import Slices
from warehouse.slices.units import with_results

MANY = 500
"""Units that a look at the state of a warehouse does not list one by one."""


@dataclass(frozen=True)
class Due:
    """What one analysis has to do.

    Attributes
    ----------
    plan : Plan
        Its units, those that stand and those to be done.
    pace : float or None
        Seconds per unit in earlier runs; None where there was none.
    waits_for : tuple of str
        Analyses before it that have something to do: when they have, it may have more.
    """

    plan: Plan
    pace: float | None
    waits_for: tuple[str, ...]

    @property
    def seconds(self) -> float | None:
        """About how long it takes at the pace of earlier runs; None where that is not known."""
        if not self.plan.todo:
            return 0.0
        return None if self.pace is None else self.pace * len(self.plan.todo)

    @property
    def reasons(self) -> dict[str, int]:
        """Why units are to be done, and how many for each reason."""
        return dict(Counter(unit.reason or "" for unit in self.plan.todo).most_common())


def agenda(database: Database, selection: Selection, leave_out: Sequence[str] = (), **parameters: Any) -> list[Due]:
    """Say what every analysis has to do, in the order of doing; each takes those of the parameters that it has."""
    with database.connect(autocommit=True, read_only=True) as reading:
        migrations.check_in(reading)
        slices = Slices(reading, leave_out)
        known = pace.paces(reading)
        found: dict[str, Due] = {}
        for analysis in _everything(selection):
            plan = make_plan(slices, analysis, selection, _own(analysis, parameters))
            before = [name for name in analysis.after if found[name].plan.todo or found[name].waits_for]
            found[analysis.name] = Due(plan, known.get(plan.job), tuple(before))
    return list(found.values())


def counted(reading: Connection) -> Iterator[tuple[Plan, int]]:
    """Give of every analysis the plan of what is computed, and how many units there could be.

    Where these are many, the plan is of those that have rows: one without, such as the effect of tuning where no model
    was tuned, is then told as missing.
    """
    slices = Slices(reading)
    for analysis in in_order(sorted(analyses())):
        count = count_units(slices, analysis)
        among = with_results(analysis) if count > MANY else sql.SQL("true")
        yield make_plan(slices, analysis, {}, _own(analysis, {}), computed_among=among), count


def compute_all(
    database: Database,
    selection: Selection,
    leave_out: Sequence[str],
    progress: Progress,
    jobs: int = 1,
    scheduler: str | None = None,
    wait_s: float = 0.0,
    **parameters: Any,
) -> Iterator[tuple[str, Tally | WarehouseError]]:
    """Compute every analysis; yield its tally, or why it could not be done, and go on with those that do not need it.

    Each takes those of the parameters that it has. Another command that computes the same, or a withdrawal, is waited
    for `wait_s` seconds. A withdrawal that comes meanwhile goes first, between two analyses; then everything is looked
    at again from the first one, since what was withdrawn may have been read by any.

    Raises
    ------
    UnknownName
        If something is chosen that the warehouse does not hold; nothing is computed then.
    """
    migrations.check(database)
    withdrawal_s = wait_s
    while True:
        failed: set[str] = set()
        with start_workers(database, leave_out, jobs, scheduler, wait_s, withdrawal_s) as workers:
            asking = workers.slices.reading.connection
            refuse_unknown(asking, selection)
            for analysis in _everything(selection):
                if sessions.is_withdrawal_waiting(asking):
                    break
                try:
                    _refuse_to_stand_on(failed, analysis)
                    own = _own(analysis, parameters)
                    yield analysis.name, compute_one(workers, analysis, selection, progress, own)
                except BadInput as error:
                    failed.add(analysis.name)
                    yield analysis.name, error
            else:
                return
        logs.remark(
            "Something is being withdrawn from the warehouse: it goes first, then all begins anew with the rest."
        )
        withdrawal_s = math.inf


def _everything(selection: Selection) -> list[Analysis]:
    """Give the analyses that are not on request only, and that are for what is chosen."""
    return in_order(sorted(name for name, analysis in analyses().items() if _is_for(analysis, selection)))


def on_request() -> list[str]:
    """Name the analyses that take so long that they are computed when asked for by name only."""
    return sorted(name for name, analysis in analyses().items() if analysis.on_request)


def _is_for(analysis: Analysis, selection: Selection) -> bool:
    chosen = [*selection.get("quantity", ()), *selection.get("region", ())]
    return not analysis.on_request and (not analysis.quantities or set(chosen) <= set(analysis.quantities))


def _own(analysis: Analysis, parameters: Mapping[str, Any]) -> dict[str, Any]:
    own = parameters_of(analysis.function).keys() & parameters.keys()
    return complete_parameters(analysis, analysis.name, {name: parameters[name] for name in own})


def _refuse_to_stand_on(failed: set[str], analysis: Analysis) -> None:
    if broken := sorted(failed.intersection(analysis.after)):
        raise BadInput(f"stands on {', '.join(broken)}, which could not be done", analysis.name, "see there")
