"""All analyses, in dependency order: doing what is due."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from warehouse import logs
from warehouse.compute.agenda import everything_for, own_parameters
from warehouse.compute.one_analysis import compute_one
from warehouse.compute.restriction import Selection, refuse_unknown
from warehouse.compute.workers import start_workers
from warehouse.database.connection import Database
from warehouse.errors import BadInput, WarehouseError
from warehouse.ledger import sessions
from warehouse.load.tally import Tally
from warehouse.plugin.registry import Analysis
from warehouse.progress import Progress
from warehouse.schema import migrations


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
            for analysis in everything_for(selection):
                if sessions.is_withdrawal_waiting(asking):
                    break
                try:
                    _refuse_to_stand_on(failed, analysis)
                    own = own_parameters(analysis, parameters)
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


def _refuse_to_stand_on(failed: set[str], analysis: Analysis) -> None:
    if broken := sorted(failed.intersection(analysis.after)):
        raise BadInput(f"stands on {', '.join(broken)}, which could not be done", analysis.name, "see there")
