"""All analyses, in dependency order: what is due."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from warehouse.compute.plan import Plan, Planned, complete_parameters, count_units, job_of, make_plan
from warehouse.compute.restriction import Selection
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.ledger import pace, unit_records
from warehouse.plugin.registry import Analysis, analyses, in_order
from warehouse.plugin.registry import parameters as parameters_of
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
        for analysis in everything_for(selection):
            plan = make_plan(slices, analysis, selection, own_parameters(analysis, parameters))
            before = [name for name in analysis.after if found[name].plan.todo or found[name].waits_for]
            found[analysis.name] = Due(plan, known.get(plan.job), tuple(before))
    return list(found.values())


def counted(reading: Connection) -> Iterator[tuple[Analysis, list[Planned], int]]:
    """Give of every analysis the units that are computed, and how many there could be.

    Where these are many, only those that have rows are given: one without, such as the effect of tuning where no model
    was tuned, is then told as missing.
    """
    slices, begun = Slices(reading), unit_records.jobs(reading)
    for analysis in in_order(sorted(analyses())):
        count, computed = count_units(slices, analysis), list[Planned]()
        if job_of(analysis) in begun:
            among = with_results(analysis) if count > MANY else sql.SQL("true")
            computed = make_plan(slices, analysis, {}, own_parameters(analysis, {}), computed_among=among).units
        yield analysis, computed, count


def everything_for(selection: Selection) -> list[Analysis]:
    """Give the analyses that are not on request only, and that are for what is chosen."""
    return in_order(sorted(name for name, analysis in analyses().items() if _is_for(analysis, selection)))


def on_request() -> list[str]:
    """Name the analyses that take so long that they are computed when asked for by name only."""
    return sorted(name for name, analysis in analyses().items() if analysis.on_request)


def _is_for(analysis: Analysis, selection: Selection) -> bool:
    chosen = [*selection.get("quantity", ()), *selection.get("region", ())]
    return not analysis.on_request and (not analysis.quantities or set(chosen) <= set(analysis.quantities))


def own_parameters(analysis: Analysis, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give all parameters of an analysis: of those given the ones that it has, and the defaults of the others."""
    own = parameters_of(analysis.function).keys() & parameters.keys()
    return complete_parameters(analysis, analysis.name, {name: parameters[name] for name in own})
