"""`ingest` and `compute`: what the warehouse does. Start reading here.

`ingest`: a source yields units of rows and extractions of attention; each unit becomes one transaction, each extraction
becomes visible when it is whole. `compute`: the plan says what is missing or stale; each unit is pulled as arrays,
given to the analysis, and written with its row in the ledger; results become visible when the run is done.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from warehouse.compute.one_analysis import compute_one
from warehouse.compute.plan import with_parameters
from warehouse.compute.restriction import Selection
from warehouse.compute.workers import start_workers
from warehouse.database import statistics
from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.ledger import runs, sessions
from warehouse.ledger.fingerprints import fingerprint
from warehouse.ledger.heartbeats import beating
from warehouse.ledger.versions import code_version
from warehouse.load import extractions, sweeping
from warehouse.load.source_items import Call
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Extraction
from warehouse.plugin.registry import Source
from warehouse.progress import Progress
from warehouse.schema import migrations


def ingest(
    database: Database, source: Source, arguments: Sequence[Any], parameters: Mapping[str, Any], progress: Progress,
    wait_s: float = 0.0, tell: Callable[[str], object] | None = None,
) -> Tally:  # fmt: skip
    """Load a source: new rows are inserted, existing rows are kept, conflicting rows are rejected.

    Another command that loads the same, or a withdrawal, is waited for `wait_s` seconds. `tell` is called with a
    summary of the readers that were loaded, if there are any. `warehouse.load.source_items.preview` rehearses it.

    Raises
    ------
    WarehouseError
        If something cannot be used; the unit it belongs to leaves no trace.
    """
    migrations.check(database)
    call = Call(source, arguments, parameters)
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
            database, call.job, recorded, code_version(), parts=[fingerprint({"all": str(recorded)})], wait_s=wait_s,
            heartbeat=heartbeat,
        ) as run_id:  # fmt: skip

            def load_extraction(item: Extraction) -> Tally:
                return extractions.load(database, connection, call.job, run_id, item, progress, heartbeat, wait_s)

            with connection.transaction() if source.at_once else nullcontext():
                reading = connection if source.at_once else asking
                tally = call.load(connection, run_id, reading, progress, load_extraction, tell)
            statistics.count(connection)
            sweeping.sweep(database, is_counted=True)
    return tally


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
            analysis.name: compute_one(workers, analysis, selection, progress or Progress(), own)
            for analysis, own in with_parameters(name, parameters)
        }


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Path) else list(map(str, value)) if isinstance(value, tuple) else value
        for name, value in parameters.items()
    }
