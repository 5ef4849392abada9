"""Writes what an analysis found: the rows of a unit and its row in the ledger, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import psycopg

from warehouse.compute.plan import Planned
from warehouse.database import statistics
from warehouse.ledger import leases, runs, unit_records
from warehouse.ledger.leases import Leases
from warehouse.load import writing
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import Analysis
from warehouse.slices import Work

Connection = psycopg.Connection[Any]


class Written(NamedTuple):
    """How many rows a unit has, and whether anyone still leads its run."""

    row_count: int
    is_led: bool


def write(
    held: Leases, run_id: int, analysis: Analysis, unit: Planned, found: Columns | Mapping[str, Columns]
) -> Written:
    """Write a unit that is in hand, and give its lease back.

    Parameters
    ----------
    held : Leases
        Of the session that has the unit in hand; it is written over its connection.
    run_id : int
        The run that found it.
    analysis : Analysis
        Says which tables it goes to.
    unit : Planned
        The unit; its ids fill the columns of the same names.
    found : mapping
        The columns of the result table; of several tables, their columns by name of the table.

    Raises
    ------
    LeaseLost
        If another has the unit in hand now, or has done it; nothing is written.
    """
    tables = {table.name: table for table in analysis.writes}
    by_table: Mapping[str, Any] = found if len(tables) > 1 else dict.fromkeys(tables, found)
    length = sum(_length(columns) for columns in by_table.values())
    with held.settling(run_id, unit.key) as lease:
        connection = held.connection
        _clear(connection, run_id, analysis, unit.key)
        about = _about(connection, unit.work)
        unit_id = unit_records.record_unit(
            connection, run_id, unit.key, unit.fingerprint, length, unit.inputs, about, lease.attempt
        )
        runs.record_inputs(connection, run_id, _named_inputs(unit))
        for name, columns in by_table.items():
            table = tables[name]
            known = {name: value for name, value in unit.work.items() if name in table.c}
            if _length(columns):
                rows = {**known, "run_id": run_id, "unit_id": unit_id, **columns}
                writing.copy_new(connection, table, rows)
    return Written(length, lease.is_led)


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


def _clear(connection: Connection, run_id: int, analysis: Analysis, key: str) -> None:
    """Take away what an earlier attempt of the same run wrote for a unit whose inputs have changed since."""
    question = "SELECT unit_id FROM ops.unit WHERE run_id = %s AND unit_key = %s"
    for (unit_id,) in connection.execute(question, [run_id, key]).fetchall():
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
