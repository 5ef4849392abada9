"""Loads a unit of rows: whole or not at all, in one transaction with its row in the ledger."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse import logs
from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.errors import Forgotten, StoredDiffers
from warehouse.ledger import runs, unit_records
from warehouse.load import consistency, writing
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Columns, Rejection, Unit
from warehouse.schema.tables import human, ops, stimulus

BULKY = (human.reading, human.fixation)
"""Tables of many rows a reader."""


def load(
    connection: Connection, run_id: int, unit: Unit, standing: Mapping[str, unit_records.Done], job: str | None = None
) -> Tally:
    """Write a unit, unless the ledger has it with the same digest.

    Parameters
    ----------
    connection : psycopg.Connection
        Not in a transaction, or in one that is to be rolled back.
    run_id : int
        The run that loads it.
    unit : Unit
        What is loaded.
    standing : mapping of str to Done
        The units of the job that the ledger has, by key.
    job : str or None
        The job, where another command may do it side by side: it is waited for one that writes the same unit.

    Raises
    ------
    StoredDiffers
        If the unit was loaded before from another content and says something else now.
    Forgotten
        If some of its readers were forgotten; a unit of nobody else is left out, and a remark says so.
    """
    stands = standing.get(unit.key)
    if stands and stands.fingerprint == unit.digest:
        return Tally(unchanged=stands.row_count)
    try:
        return _load(connection, run_id, unit, stands, job)
    except Forgotten as error:
        if not error.is_all:
            raise
        logs.remark("A reader is left out who was forgotten here (`warehouse forget subject NAME --allow-again`).")
        return Tally(rejected=1)


def _load(connection: Connection, run_id: int, unit: Unit, stands: unit_records.Done | None, job: str | None) -> Tally:
    with unit_records.whole(connection):
        runs.hold(connection, run_id)
        if job and (other := unit_records.await_unit(connection, job, unit.key, stands)):
            if other.fingerprint == unit.digest:
                return Tally(unchanged=other.row_count)
            stands = other
        touched = Touched()
        tally = _write_rows(connection, run_id, unit, touched)
        if touched.embargoes and tally.inserted:
            connection.execute("SELECT fn.enforce_embargoes()")
        if stands:
            _refuse_another_content(unit, stands, tally)
        touched.require_consistency(connection)
        files = unit.files or {unit.key: unit.digest}
        runs.record_inputs(connection, run_id, files)
        row_count = tally.inserted + tally.unchanged
        unit_records.record_unit(connection, run_id, unit.key, unit.digest, row_count, files, touched.about(connection))
    return tally


@dataclass
class Touched:
    """The corpora and readers whose rows a unit holds: who may not see one of them may not see the unit.

    Sentences and readers with fixations are checked when all rows of the unit are there.
    """

    corpora: set[int] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)
    embargoes: bool = False
    """Whether it holds embargoes, which must hold as soon as its rows are there."""
    sentences: set[int] = field(default_factory=set)
    readers: set[int] = field(default_factory=set)
    newcomers: set[int] = field(default_factory=set)
    """Readers who were not there before: nothing of theirs can be, and none of it need be compared."""

    def add(self, table: Table, columns: Columns, kept: writing.Kept) -> None:
        """Take note of some rows."""
        ids = kept.ids
        if table is human.subject and kept.unchanged == 0:
            self.newcomers.update(ids or [])
        if table is stimulus.corpus:
            self.corpora.update(ids or [])
        elif table is human.subject:
            self.subjects.update(ids or [])
        elif table is ops.embargo:
            self.embargoes = True
        elif table is stimulus.sentence:
            self.sentences.update(ids or [])
        elif table is human.fixation:
            self.readers.update(map(int, columns["subject_id"]))
        self.subjects.update(map(int, columns.get("subject_id", ())))

    def has_nothing_of(self, table: Table, columns: Columns) -> bool:
        """Tell whether no such rows can be there: they are data of readers who were not there before."""
        return table in BULKY and set(columns["subject_id"]) <= self.newcomers

    def require_consistency(self, connection: Connection) -> None:
        """Refuse texts and fixations that do not fit together."""
        if self.sentences:
            consistency.require_whole_texts(connection, self.sentences)
        if self.readers:
            consistency.require_possible_fixations(connection, self.readers)

    def about(self, connection: Connection) -> list[str] | None:
        """Name them; None where there are none."""
        theirs = connection.execute(_OF_SUBJECTS, [list(self.subjects)]).fetchall() if self.subjects else []
        corpora = self.corpora | {corpus_id for corpus_id, _ in theirs}
        groups = {group for _, group in theirs}
        return unit_records.telling_of(corpus=corpora, group=groups, subject=self.subjects) or None


_OF_SUBJECTS = "SELECT DISTINCT corpus_id, language_group FROM human.subject WHERE subject_id = ANY (%s)"


def _write_rows(connection: Connection, run_id: int, unit: Unit, touched: Touched) -> Tally:
    """Drive a unit's generator: it yields rows and is sent their ids."""
    tally = Tally()
    for item in (dialogue := _Dialogue(unit.rows())):
        if isinstance(item, Rejection):
            tally.rejected += 1
            runs.record_rejection(connection, run_id, unit.key, item.place, item.reason, item.text)
            continue
        table, columns = item
        write = writing.add if touched.has_nothing_of(table, columns) else writing.keep
        kept = write(connection, table, columns)
        dialogue.answer = kept.ids
        touched.add(table, columns, kept)
        tally += Tally(kept.inserted, kept.unchanged)
    return tally


def _refuse_another_content(unit: Unit, stands: unit_records.Done, tally: Tally) -> None:
    """Refuse rows that are new to a unit that was loaded before, and a unit that has become smaller."""
    offered, new = tally.inserted + tally.unchanged, tally.inserted
    if new or offered != stands.row_count:
        raise StoredDiffers(
            f"unit {unit.key}",
            f"{stands.row_count:,} rows",
            f"{offered:,} rows, {new:,} of them not stored",
            "what is stored is kept and nothing of this was loaded: restore the file, or load it as another corpus",
        )


class _Dialogue:
    """Iterates a generator, sending it `answer` each time."""

    def __init__(self, generator: Generator[Any, Any, None]) -> None:
        self._generator = generator
        self.answer: list[int] | None = None

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        answer, self.answer = self.answer, None
        return self._generator.send(answer)
