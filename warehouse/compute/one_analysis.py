"""One analysis, from its plan to the end of its run."""

from collections.abc import Mapping
from typing import Any

import psycopg

from warehouse.compute import results
from warehouse.compute.plan import Plan, Selection, make_plan
from warehouse.compute.workers import Crew, Task
from warehouse.database.connection import translated
from warehouse.ledger import runs
from warehouse.load.extractions import Tally
from warehouse.plugin.registry import Analysis
from warehouse.plugin.registry import parameters as parameters_of
from warehouse.progress import Progress


def compute_alone(
    crew: Crew, analysis: Analysis, selection: Selection, progress: Progress, parameters: Mapping[str, Any]
) -> Tally:
    """Compute an analysis on what stands of those that it comes after, with all its parameters given."""
    with translated(f"computing {analysis.name}"):
        plan = make_plan(crew.slices, analysis, selection, parameters)
        tally = Tally(unchanged=len(plan.units) - len(plan.todo))
        if plan.todo or plan.is_unfinished:
            with runs.held(crew.database, plan.job, _corpora(plan), wait_s=crew.wait_s, heartbeat=crew.heartbeat) as (
                ledger, has_waited
            ):  # fmt: skip
                if has_waited:  # what the other has done is done
                    plan = make_plan(crew.slices, analysis, selection, parameters)
                    tally = Tally(unchanged=len(plan.units) - len(plan.todo))
                if plan.todo or plan.is_unfinished:
                    tally.inserted = _carry_out(crew, ledger, plan, parameters, progress)
    return tally


def _corpora(plan: Plan) -> list[str]:
    """Name the corpora that a plan is about; nothing where some of its units are about no one in particular."""
    corpora = {unit.work.get("corpus_id") for unit in plan.units}
    return [] if None in corpora else [f"corpus {corpus_id}" for corpus_id in corpora]


def _carry_out(
    crew: Crew, ledger: psycopg.Connection[Any], plan: Plan, parameters: Mapping[str, Any], progress: Progress
) -> int:
    """Lead the run of a plan; give the number of rows written."""
    rows, seed = 0, plan.parameters.get("seed")
    with runs.record(ledger, plan.job, plan.parameters, plan.code, seed=seed) as run_id:
        results.expect(crew.writing, run_id, plan.todo)
        left = {unit.key: number for number, piece in enumerate(plan.pieces) for unit in piece}
        with progress.bar(plan.analysis.name, len(plan.pieces), plan.counted_in) as bar:
            task = Task(run_id, plan.analysis.name, parameters)
            for outcome in crew.coordinator.carry_out(task, plan.todo):
                rows += outcome.rows or 0
                piece = left.pop(outcome.unit.key)
                bar.update(piece not in left.values(), rows=outcome.rows or 0, latest=outcome.unit.key)
        results.finish(crew.writing, plan.analysis, plan.job)
    return rows


def chosen(analysis: Analysis, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give an analysis's parameters: those chosen for the one that is named, the defaults of the rest."""
    defaults = {key: parameter.default for key, parameter in parameters_of(analysis.function).items()}
    return {**defaults, **(parameters if analysis.name == name else {})}
