"""Loads a unit of rows: whole or not at all, in one transaction with its row in the ledger."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

import psycopg

from warehouse import runs, writing
from warehouse.contents import Rejection, Unit
from warehouse.errors import StoredDiffers
from warehouse.extractions import Tally

Connection = psycopg.Connection[Any]


def load(connection: Connection, run_id: int, unit: Unit, standing: Mapping[str, runs.Done]) -> Tally:
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

    Raises
    ------
    StoredDiffers
        If the unit was loaded before from another content and says something else now.
    """
    stands = standing.get(unit.key)
    if stands and stands.fingerprint == unit.digest:
        return Tally(unchanged=stands.row_count)
    with runs.whole(connection):
        tally = _write_rows(connection, run_id, unit)
        if stands:
            _refuse_another_content(unit, stands, tally)
        files = unit.files or {unit.key: unit.digest}
        runs.record_inputs(connection, run_id, files)
        runs.record_unit(connection, run_id, unit.key, unit.digest, tally.inserted + tally.unchanged, files)
    return tally


def _write_rows(connection: Connection, run_id: int, unit: Unit) -> Tally:
    """Drive a unit's generator: it yields rows and is sent their ids."""
    tally = Tally()
    for item in (dialogue := _Dialogue(unit.rows())):
        if isinstance(item, Rejection):
            tally.rejected += 1
            runs.record_rejection(connection, run_id, unit.key, item.place, item.reason, item.text)
            continue
        kept = writing.keep(connection, *item)
        dialogue.answer = kept.ids
        tally += Tally(kept.inserted, kept.unchanged)
    return tally


def _refuse_another_content(unit: Unit, stands: runs.Done, tally: Tally) -> None:
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
