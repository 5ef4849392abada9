"""One analysis, from its plan to the end of its run."""

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.compute import results
from warehouse.compute.plan import Plan, make_plan, with_parameters
from warehouse.compute.restriction import Selection
from warehouse.compute.workers import Task, Workers
from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.ledger import pace, runs
from warehouse.load.tally import Tally
from warehouse.plugin.registry import Analysis
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.slices import Slices


def compute_one(
    workers: Workers, analysis: Analysis, selection: Selection, progress: Progress, parameters: Mapping[str, Any]
) -> Tally:
    """Compute one analysis with all its parameters, on up-to-date results of those it depends on."""
    with translate_errors(f"computing {analysis.name}"):
        plan = make_plan(workers.slices, analysis, selection, parameters)
        plan.tell_left_out()
        tally = Tally(unchanged=len(plan.units) - len(plan.todo))
        if plan.todo or plan.is_unfinished:
            holding = runs.hold_job(
                workers.database, plan.job, _corpora(plan), wait_s=workers.wait_s, heartbeat=workers.heartbeat
            )
            with holding as (ledger, has_waited):
                if has_waited:  # what the other has done is done
                    plan = make_plan(workers.slices, analysis, selection, parameters)
                    tally = Tally(unchanged=len(plan.units) - len(plan.todo))
                if plan.todo or plan.is_unfinished:
                    tally.inserted = _carry_out(workers, ledger, plan, parameters, progress)
    return tally


def _corpora(plan: Plan) -> list[str]:
    """Name the corpora that a plan is about; nothing where some of its units are about no one in particular."""
    corpora = {unit.work.get("corpus_id") for unit in plan.units}
    return [] if None in corpora else [f"corpus {corpus_id}" for corpus_id in corpora]


def _carry_out(
    workers: Workers, ledger: Connection, plan: Plan, parameters: Mapping[str, Any], progress: Progress
) -> int:
    """Lead the run of a plan; give the number of rows written."""
    rows, seed = 0, plan.parameters.get("seed")
    with runs.record(ledger, plan.job, plan.parameters, plan.code, seed=seed) as run_id:
        results.expect(workers.writing, run_id, plan.todo)
        left = {unit.key: number for number, piece in enumerate(plan.pieces) for unit in piece}
        with progress.bar(plan.analysis.name, len(plan.pieces), plan.counted_in) as bar:
            known = pace.paces(ledger, plan.job) if workers.coordinator.has_others else {}
            task = Task(run_id, plan.analysis.name, parameters, known.get(plan.job))
            for outcome in workers.coordinator.carry_out(task, plan.todo):
                rows += outcome.rows or 0
                piece = left.pop(outcome.unit.key)
                bar.update(piece not in left.values(), rows=outcome.rows or 0, latest=outcome.unit.key)
        results.finish(workers.writing, plan.analysis, plan.job)
    return rows


def plans(
    database: Database, name: str, selection: Selection, leave_out: Sequence[str] = (), **parameters: Any
) -> list[Plan]:
    """Say what `warehouse.pipeline.compute` would do, analysis by analysis."""
    migrations.check(database)
    with database.connect(autocommit=True, read_only=True) as reading:
        slices = Slices(reading, leave_out)
        return [make_plan(slices, analysis, selection, own) for analysis, own in with_parameters(name, parameters)]
