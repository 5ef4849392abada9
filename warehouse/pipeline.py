"""`ingest` and `compute`: what the warehouse does. Start reading here.

`ingest`: a source yields units of rows and extractions of attention; each unit becomes one transaction, each extraction
becomes visible when it is whole. `compute`: the plan says what is missing or stale; each unit is pulled as arrays,
given to the analysis, and written with its row in the ledger; results become visible when the run is done.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from warehouse.compute.one_analysis import complete_parameters, compute_one
from warehouse.compute.plan import Plan, Selection, make_plan
from warehouse.compute.workers import start_workers
from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.ledger import runs, sessions, unit_records
from warehouse.ledger.fingerprints import fingerprint
from warehouse.ledger.heartbeats import beating
from warehouse.ledger.versions import code_version
from warehouse.load import extractions, publication, summary, units
from warehouse.load.extractions import Tally
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import Source, in_order
from warehouse.plugin.registry import parameters as parameters_of
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.slices import Slices


def ingest(
    database: Database, source: Source, arguments: Sequence[Any], parameters: Mapping[str, Any], progress: Progress,
    wait_s: float = 0.0, tell: Callable[[str], object] | None = None,
) -> Tally:  # fmt: skip
    """Load a source: new rows are inserted, existing rows are kept, conflicting rows are rejected.

    Another command that loads the same, or a withdrawal, is waited for `wait_s` seconds. `tell` is called with a
    summary of the readers that were loaded, if there are any.

    Raises
    ------
    WarehouseError
        If something cannot be used; the unit it belongs to leaves no trace.
    """
    migrations.check(database)
    job, tally = f"ingest {source.name}", Tally()
    recorded = {"arguments": [str(argument) for argument in arguments], **_plain(parameters)}
    with (
        translate_errors(f"ingesting {source.name}", of_input=True),
        beating(database) as heartbeat,
        database.connect() as connection,
        database.connect(autocommit=True, read_only=True) as asking,
    ):
        heartbeat.join(connection)
        heartbeat.join(asking)
        sessions.enter(asking, wait_s)
        with runs.record_run(
            database, job, recorded, code_version(), parts=[fingerprint({"all": str(recorded)})], wait_s=wait_s,
            heartbeat=heartbeat,
        ) as run_id:  # fmt: skip
            with connection.transaction() if source.at_once else nullcontext():
                wanted = _wanted(source, connection if source.at_once else asking)
                found = source.function(*arguments, **parameters, **wanted)
                standing = unit_records.done_units(asking, job, seen_only=False)
                with progress.bar(source.name, None, "unit") as bar:
                    expected = None if source.at_once else _Expected(connection, run_id)
                    for item in found:
                        if not isinstance(item, Extraction):
                            tally += units.load(connection, run_id, item, standing, job)
                            bar.total = item.of or None
                            if expected:
                                expected.after(item, item.key in standing)
                        elif expected is None:
                            tally += extractions.load_within(connection, job, run_id, item, progress)
                        else:
                            expected.tell(None)
                            tally += extractions.load(database, job, run_id, item, progress, heartbeat, wait_s)
                        bar.update()
                _sum_up(connection, run_id, tell)
            publication.sweep(database)
    return tally


def _sum_up(connection: Connection, run_id: int, tell: Callable[[str], object] | None) -> None:
    """Say what was loaded of readers."""
    if tell:
        with connection.transaction():
            told = summary.readers_of_run(connection, run_id)
        if told:
            tell(told)


def _wanted(source: Source, connection: Connection) -> dict[str, Stored]:
    """Give a source what it may ask, if it asks."""
    return {"stored": Stored(connection)} if "stored" in parameters_of(source.function) else {}


def compute(
    database: Database,
    name: str,
    selection: Selection,
    leave_out: Sequence[str] = (),
    progress: Progress | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    wait_s: float = 0.0,
    **parameters: Any,
) -> dict[str, Tally]:
    """Compute an analysis, and before it those whose results belong beside its own; give a tally for each.

    Parameters
    ----------
    database, selection, leave_out, progress
        Where, of what, without which sentences, and where to tell how far it is.
    name : str
        The analysis.
    jobs : int
        Processes of this machine that compute units side by side.
    scheduler : str or None
        Address of a Dask scheduler whose workers compute units instead.
    wait_s : float
        How long to wait for another command that computes the same, or a withdrawal [s].
    **parameters
        Of the analysis that is named; the others take their defaults.

    Raises
    ------
    WarehouseError
        If a name is unknown or the data cannot be analysed; units that were done are kept for the next attempt.
    """
    migrations.check(database)
    with start_workers(database, leave_out, jobs, scheduler, wait_s) as workers:
        return {
            analysis.name: compute_one(
                workers, analysis, selection, progress or Progress(), complete_parameters(analysis, name, parameters)
            )
            for analysis in in_order([name])
        }


def preview(
    database: Database, source: Source, arguments: Sequence[Any], parameters: Mapping[str, Any], progress: Progress,
    tell: Callable[[str], object] | None = None,
) -> Tally:  # fmt: skip
    """Check and count what `ingest` would do, in one transaction that is rolled back."""
    migrations.check(database)
    tally = Tally()
    with translate_errors(f"checking {source.name}", of_input=True), database.connect() as connection:
        with connection.transaction(force_rollback=True), progress.bar(source.name, None, "unit") as bar:
            wanted = _wanted(source, connection)
            job = f"ingest {source.name}"
            run_id = runs.rehearse_run(connection, job)
            standing = unit_records.done_units(connection, job, seen_only=False)
            for item in source.function(*arguments, **parameters, **wanted):
                if isinstance(item, Extraction):
                    tally += _rehearse(connection, source, job, run_id, item, progress)
                else:
                    tally += units.load(connection, run_id, item, standing)
                bar.update()
            _sum_up(connection, run_id, tell)
    return tally


def _rehearse(
    connection: Connection, source: Source, job: str, run_id: int, item: Extraction, progress: Progress
) -> Tally:
    """Load what comes in one transaction, which is rolled back; of others check the pieces."""
    if source.at_once:
        return extractions.load_within(connection, job, run_id, item, progress)
    return extractions.rehearse(connection, item)


def plans(
    database: Database, name: str, selection: Selection, leave_out: Sequence[str] = (), **parameters: Any
) -> list[Plan]:
    """Say what `compute` would do, analysis by analysis."""
    migrations.check(database)
    with database.connect(autocommit=True, read_only=True) as reading:
        slices = Slices(reading, leave_out)
        return [
            make_plan(slices, analysis, selection, complete_parameters(analysis, name, parameters))
            for analysis in in_order([name])
        ]


class _Expected:
    """How many units an ingest will write, for who follows it: what the source says, less those that stand.

    Of a source with extractions it is not known: they are written piece by piece.
    """

    def __init__(self, connection: Connection, run_id: int) -> None:
        self._connection, self._run_id = connection, run_id
        self._standing = 0
        self._told: int | None = None

    def after(self, unit: Unit, stood: bool) -> None:
        """Tell it after a unit, unless that stood already."""
        self._standing += stood
        if unit.of and not stood:
            self.tell(unit.of - self._standing)

    def tell(self, count: int | None) -> None:
        """Write it to the ledger if it has changed."""
        if count != self._told:
            self._told = count
            with unit_records.whole(self._connection):
                runs.expect(self._connection, self._run_id, count)


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Path) else list(map(str, value)) if isinstance(value, tuple) else value
        for name, value in parameters.items()
    }
