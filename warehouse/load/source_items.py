"""Writes what a source yields, item by item, and counts it: for good, or to say what would be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.ledger import runs, unit_records
from warehouse.load import extractions, summary, units
from warehouse.load.stored import Stored
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import Source, parameters
from warehouse.progress import Progress
from warehouse.schema import migrations

Tell = Callable[[str], object] | None


@dataclass(frozen=True)
class Call:
    """A source with what a user gives it.

    Attributes
    ----------
    source : Source
        What is loaded.
    arguments, parameters : sequence and mapping
        As the source declares them.
    """

    source: Source
    arguments: Sequence[Any]
    parameters: Mapping[str, Any]

    @property
    def job(self) -> str:
        """Its name in the ledger."""
        return f"ingest {self.source.name}"

    def load(
        self,
        connection: Connection,
        run_id: int,
        asking: Connection,
        progress: Progress,
        load_extraction: Callable[[Extraction], Tally],
        tell: Tell = None,
        *,
        is_rehearsal: bool = False,
    ) -> Tally:
        """Write everything that the source yields.

        Parameters
        ----------
        connection : psycopg.Connection
            That which units are written on.
        run_id : int
            The run that they belong to.
        asking : psycopg.Connection
            That on which the source asks what is stored.
        progress : Progress
            Where to tell how far it is.
        load_extraction : callable
            Writes an extraction of a source whose extractions are written one by one.
        tell : callable or None
            Is given a summary of the readers that were loaded, if there are any.
        is_rehearsal : bool
            All is rolled back: nobody follows it, and no other command is waited for.
        """
        stored = {"stored": Stored(asking)} if "stored" in parameters(self.source.function) else {}
        found = self.source.function(*self.arguments, **self.parameters, **stored)
        standing, tally = unit_records.done_units(asking, self.job, seen_only=False), Tally()
        expected = None if self.source.at_once or is_rehearsal else _Expected(connection, run_id)
        job = None if is_rehearsal else self.job
        with progress.bar(self.source.name, None, "unit") as bar:
            for item in found:
                if isinstance(item, Extraction):
                    if expected:
                        expected.tell(None)
                    if self.source.at_once:
                        tally += extractions.load_within(connection, self.job, run_id, item, progress)
                    else:
                        tally += load_extraction(item)
                else:
                    tally += units.load(connection, run_id, item, standing, job)
                    bar.total = item.of or None
                    if expected:
                        expected.after(item, item.key in standing)
                bar.update()
        _sum_up(connection, run_id, tell)
        return tally


def preview(database: Database, call: Call, progress: Progress, tell: Tell = None) -> Tally:
    """Check and count what loading would do, in one transaction that is rolled back."""
    migrations.check(database)
    with translate_errors(f"checking {call.source.name}", of_input=True), database.connect() as connection:
        with connection.transaction(force_rollback=True):
            run_id = runs.rehearse_run(connection, call.job)
            rehearse = partial(extractions.rehearse, connection)
            return call.load(connection, run_id, connection, progress, rehearse, tell, is_rehearsal=True)


def _sum_up(connection: Connection, run_id: int, tell: Tell) -> None:
    """Say what was loaded of readers."""
    if tell:
        with connection.transaction():
            told = summary.readers_of_run(connection, run_id)
        if told:
            tell(told)


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
