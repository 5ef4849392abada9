"""Writes what an analysis found: the rows of units and their rows in the ledger, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from warehouse.compute.plan import Planned
from warehouse.database import statistics
from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.ledger import leases, runs, unit_records
from warehouse.ledger.leases import Leases
from warehouse.ledger.unit_records import Record
from warehouse.load import copying
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import Analysis, Found
from warehouse.slices import Work


class Written(NamedTuple):
    """How many rows each unit has that was written, by key, and whether anyone still leads its run."""

    row_counts: Mapping[str, int]
    is_led: bool


def write(held: Leases, run_id: int, analysis: Analysis, units: Sequence[Planned], found: Sequence[Found]) -> Written:
    """Write units that are in hand in one transaction, and give their leases back.

    Parameters
    ----------
    held : Leases
        Of the session that has the units in hand; they are written over its connection.
    run_id : int
        The run that found them.
    analysis : Analysis
        Says which tables they go to.
    units : sequence of Planned
        The units; their ids fill the columns of the same names.
    found : sequence of mapping
        Of each unit the columns of the result table; of several tables, their columns by name of the table.

    Returns
    -------
    Written
        Units that another has in hand now, or has done, are not written.

    Raises
    ------
    LeaseLost
        If that is so of all of them.
    """
    with held.settling(run_id, [unit.key for unit in units]) as settled:
        connection, attempts = held.connection, settled.attempts
        mine = [
            _Result(unit, _by_table(analysis, of_unit))
            for unit, of_unit in zip(units, found, strict=True)
            if unit.key in attempts
        ]
        _clear(connection, run_id, analysis, list(attempts))
        records = [_record(connection, each, attempts[each.unit.key]) for each in mine]
        unit_ids = unit_records.record_units(connection, run_id, records)
        named = {name: digest for each in mine for name, digest in _named_inputs(each.unit).items()}
        runs.record_inputs(connection, run_id, named)
        for table in analysis.writes:
            _copy(connection, run_id, table, dict(zip(unit_ids, mine, strict=True)))
    return Written({record.key: record.row_count for record in records}, settled.is_led)


@dataclass(frozen=True)
class _Result:
    """What was found of a unit: the columns of each table by its name."""

    unit: Planned
    tables: Mapping[str, Columns]

    @property
    def row_count(self) -> int:
        return sum(map(_length, self.tables.values()))


def _by_table(analysis: Analysis, found: Any) -> Mapping[str, Columns]:
    names = [table.name for table in analysis.writes]
    return found if len(names) > 1 else dict.fromkeys(names, found)


def _record(connection: Connection, each: _Result, attempt: int) -> Record:
    """Make a unit's row in the ledger."""
    unit, about = each.unit, _about(connection, each.unit.work)
    return Record(unit.key, unit.fingerprint, each.row_count, unit.inputs, about, attempt)


def _copy(connection: Connection, run_id: int, table: Table, found: Mapping[int, _Result]) -> None:
    """Write the rows of a table that several units have, given by the numbers of their units."""
    parts = [
        _rows(table, each.unit, unit_id, columns)
        for unit_id, each in found.items()
        if _length(columns := each.tables[table.name])
    ]
    if parts:
        copying.copy_new(connection, table, {**_joined(parts), "run_id": run_id})


def _rows(table: Table, unit: Planned, unit_id: int, columns: Columns) -> dict[str, Any]:
    """Give the rows of a unit, with the ids that are the same in all of them."""
    known = {name: [value] * _length(columns) for name, value in unit.work.items() if name in table.c}
    return {**known, "unit_id": [unit_id] * _length(columns), **columns}


def _joined(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the rows of several units one after the other, column by column."""
    if len(parts) == 1:
        return dict(parts[0])
    columns = {name: [part[name] for part in parts] for name in parts[0]}
    return {
        name: np.concatenate(each) if all(isinstance(one, np.ndarray) for one in each) else list(chain(*each))
        for name, each in columns.items()
    }


def expect(connection: Connection, run_id: int, todo: Sequence[Planned]) -> None:
    """Write how many units a run is to do: these, and those that it has done in earlier attempts."""
    with unit_records.whole(connection):
        row = connection.execute(_DONE_BEFORE, [run_id, [unit.key for unit in todo]]).fetchone()
        runs.expect(connection, run_id, len(todo) + (row[0] if row else 0))


def finish(connection: Connection, analysis: Analysis, job: str) -> None:
    """Clear away after a run whose units are all done, before its results are seen.

    Leases that the dead left on earlier runs go, and the planner is let know what was written.
    """
    with unit_records.whole(connection):
        leases.sweep(connection, job)
    written = [*(table.fullname for table in analysis.writes), "ops.run", "ops.unit", "ops.run_input"]
    with unit_records.whole(connection):
        statistics.refresh(connection, written)


def _length(columns: Any) -> int:
    return max(len(column) for column in columns.values())


def _clear(connection: Connection, run_id: int, analysis: Analysis, keys: list[str]) -> None:
    """Take away what an earlier attempt of the same run wrote for units whose inputs have changed since."""
    question = "SELECT unit_id, unit_key FROM ops.unit WHERE run_id = %s AND unit_key = ANY (%s)"
    for unit_id, key in connection.execute(question, [run_id, keys]).fetchall():
        for table in analysis.writes:
            connection.execute(f"DELETE FROM {table.fullname} WHERE run_id = %s AND unit_id = %s", [run_id, unit_id])
        connection.execute("SELECT fn.clear_unit(%s, %s)", [run_id, key])


def _about(connection: Connection, work: Work) -> list[str]:
    """Name what a unit's numbers tell of; who may not see one of these may not see them."""
    extractions = [value for name, value in work.items() if name.endswith("extraction_id")]
    if not extractions and "condition_id" in work:  # over all models
        found = connection.execute(_OF_CONDITION, [work["corpus_id"], work["condition_id"], work["method"]])
        extractions = [number for (number,) in found.fetchall()]
    groups = [work[name] for name in ("language_group", "left_group", "right_group") if name in work]
    corpora = [work["corpus_id"]] if "corpus_id" in work else []
    return unit_records.telling_of(extraction=extractions, group=groups, corpus=corpora)


def _named_inputs(unit: Planned) -> dict[str, str]:
    """Name what a unit read so that a reader of the ledger finds it; code and parameters stand with the run."""
    return {f"{part} of {unit.key}": digest for part, digest in unit.inputs.items() if part not in _OF_THE_RUN}


_DONE_BEFORE = "SELECT count(*) FROM ops.unit WHERE run_id = %s AND unit_key <> ALL (%s)"
_OF_THE_RUN = ("code", "parameters")
_OF_CONDITION = """
SELECT extraction_id FROM model.extraction
WHERE corpus_id = %s AND condition_id = %s AND method = %s AND extraction_status = 'complete'
"""
