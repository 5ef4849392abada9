"""The two sentences the house is built for. Start reading here.

`ingest`: a source yields units of rows and extractions of attention; each unit becomes one transaction, each extraction
is seen when it is whole. `compute`: the plan says what is missing or stale; each unit is pulled as arrays, given to the
analysis, and written with its row in the ledger; results are seen when the run is done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from warehouse import extractions, migrations, publication, results, runs, units
from warehouse.database import Database, translated
from warehouse.extractions import Tally
from warehouse.plan import Plan, Planned, Selection, make_plan
from warehouse.progress import Progress
from warehouse.registry import (
    Analysis,
    Extraction,
    Source,
    analysis_named,
)
from warehouse.registry import parameters as parameters_of
from warehouse.slices import Slices
from warehouse.stored import Stored


def ingest(
    database: Database, source: Source, arguments: Sequence[Any], parameters: Mapping[str, Any], progress: Progress
) -> Tally:
    """Load a source: what is new is inserted, what is there is left, what differs is refused.

    Raises
    ------
    WarehouseError
        If something cannot be used; the unit it belongs to leaves no trace.
    """
    migrations.check(database)
    job, tally = f"ingest {source.name}", Tally()
    recorded = {"arguments": [str(argument) for argument in arguments], **_plain(parameters)}
    with translated(f"ingesting {source.name}"), runs.recorded(database, job, recorded, runs.code_version()) as run_id:
        with database.connect() as connection, database.connect(autocommit=True, read_only=True) as asking:
            wanted = {"stored": Stored(asking)} if "stored" in parameters_of(source.function) else {}
            found = source.function(*arguments, **parameters, **wanted)
            standing = runs.done_units(asking, job, seen_only=False)
            with progress.bar(source.name, None, "unit") as bar:
                for item in found:
                    if isinstance(item, Extraction):
                        tally += extractions.load(database, job, run_id, item, progress)
                    else:
                        tally += units.load(connection, run_id, item, standing)
                        bar.total = item.of or None
                    bar.update()
        publication.sweep(database)
    return tally


def compute(
    database: Database,
    name: str,
    selection: Selection,
    leave_out: Sequence[str] = (),
    progress: Progress | None = None,
    **parameters: Any,
) -> dict[str, Tally]:
    """Compute an analysis, and before it those whose results belong beside its own; give a tally for each.

    Raises
    ------
    WarehouseError
        If a name is unknown or the data cannot be analysed; units that were done are kept for the next attempt.
    """
    migrations.check(database)
    analysis, progress = analysis_named(name), progress or Progress()
    tallies: dict[str, Tally] = {}
    for needed in analysis.after:
        tallies |= compute(database, needed, selection, leave_out, progress)
    with translated(f"computing {name}"), database.connect(autocommit=True, read_only=True) as reading:
        slices = Slices(reading, leave_out)
        planned = make_plan(reading, slices, analysis, selection, leave_out, parameters)
        tallies[name] = Tally(unchanged=len(planned.units) - len(planned.todo))
        if planned.todo or planned.is_unfinished:
            tallies[name].inserted = _carry_out(database, planned, slices, parameters, progress)
    return tallies


def preview(
    database: Database, source: Source, arguments: Sequence[Any], parameters: Mapping[str, Any], progress: Progress
) -> Tally:
    """Check and count what `ingest` would do, in one transaction that is rolled back."""
    migrations.check(database)
    tally = Tally()
    with translated(f"checking {source.name}"), database.connect() as connection:
        with connection.transaction(force_rollback=True), progress.bar(source.name, None, "unit") as bar:
            wanted = {"stored": Stored(connection)} if "stored" in parameters_of(source.function) else {}
            job = f"ingest {source.name}"
            run_id, standing = runs.rehearsed(connection, job), runs.done_units(connection, job, seen_only=False)
            for item in source.function(*arguments, **parameters, **wanted):
                if isinstance(item, Extraction):
                    tally += extractions.rehearse(connection, item)
                else:
                    tally += units.load(connection, run_id, item, standing)
                bar.update()
    return tally


def plans(
    database: Database, name: str, selection: Selection, leave_out: Sequence[str] = (), **parameters: Any
) -> list[Plan]:
    """Say what `compute` would do, analysis by analysis."""
    migrations.check(database)
    analysis = analysis_named(name)
    before = [plan for needed in analysis.after for plan in plans(database, needed, selection, leave_out)]
    with database.connect(autocommit=True, read_only=True) as reading:
        slices = Slices(reading, leave_out)
        return [*before, make_plan(reading, slices, analysis, selection, leave_out, parameters)]


def _carry_out(
    database: Database, plan: Plan, slices: Slices, parameters: Mapping[str, Any], progress: Progress
) -> int:
    """Do what the plan says is to be done; give the number of rows written."""
    analysis, rows = plan.analysis, 0
    with runs.recorded(database, plan.job, plan.parameters, plan.code) as run_id, database.connect() as writer:
        with progress.bar(analysis.name, len(plan.todo), "unit") as bar:
            for unit, arrays, subject_ids in _one_ahead(slices, analysis, plan.todo):
                columns = analysis.function(*arrays, **parameters)
                if analysis.per:
                    columns = {analysis.per: subject_ids, **columns}
                rows += results.write(writer, run_id, analysis, unit, columns)
                bar.update()
    return rows


def _one_ahead(
    slices: Slices, analysis: Analysis, units: Iterable[Planned]
) -> Iterator[tuple[Planned, list[np.ndarray], np.ndarray]]:
    """Pull the slices of the next unit in a thread while this one is computed."""

    def pull(unit: Planned) -> tuple[Planned, list[np.ndarray], np.ndarray]:
        return unit, slices.arrays(analysis.reads, unit.work), slices.subject_ids(unit.work)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="slices") as pool:
        waiting = None
        for unit in units:
            following = pool.submit(pull, unit)
            if waiting:
                yield waiting.result()
            waiting = following
        if waiting:
            yield waiting.result()


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in parameters.items()}
