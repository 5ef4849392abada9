"""From a row of a table or view to the run and the units that wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from warehouse.database.columns import columns_of
from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.errors import BadInput, UnknownName
from warehouse.plugin.registry import Analysis, analyses

MOST_UNITS = 5
"""A row of a view may stand for several units; more than these are too many to be told of."""
JOINS = {
    "measure_id": "LEFT JOIN human.measure ON measure.measure_id = found.measure_id",
    "subject_id": "LEFT JOIN human.subject ON subject.subject_id = found.subject_id",
    "corpus_id": "LEFT JOIN stimulus.corpus ON corpus.corpus_id = found.corpus_id",
}
"""What gives names to the ids of a result table, by the column that it joins."""
NAMES = {
    "measure_id": {"measure": "measure.measure"},
    "subject_id": {
        "language_group": "subject.language_group",
        "subject_label": "subject.language_group || '/' || subject.subject_label",
    },
    "corpus_id": {"corpus": "corpus.corpus"},
}


@dataclass(frozen=True)
class Number:
    """A run and, where it is known, the unit within it that wrote a number."""

    run_id: int
    unit_id: int | None = None


def writers_of(connection: Connection, relation: str, given: Mapping[str, str]) -> list[Number]:
    """Find what wrote the rows of a table or view that have the given values.

    Parameters
    ----------
    connection : psycopg.Connection
        Any.
    relation : str
        A table or view with a column ``run_id``, e.g. ``mart.human_resemblance``.
    given : mapping of str to str
        Values by column.

    Raises
    ------
    BadInput
        If there is no such relation, column or row, or if the rows are of too many units.
    """
    rows = _rows(connection, relation, given)
    numbers = {number for row in rows for number in _of_row(connection, row)}
    if len(numbers) > MOST_UNITS:
        left = [name for name in _telling(rows) if name not in given]
        raise BadInput(
            f"{len(rows):,} rows of {len(numbers):,} units have these values", relation,
            f"choose among them by {', '.join(left) or 'more columns'}",
        )  # fmt: skip
    return sorted(numbers, key=lambda number: (number.run_id, number.unit_id or 0))


def analysis_of(job: str) -> Analysis | None:
    """Find the analysis of a job of the ledger; None for an ingest and for one that is no more."""
    return analyses().get(job.removeprefix("compute ")) if job.startswith("compute ") else None


def many(connection: Connection, question: Any, given: Any) -> list[dict[str, Any]]:
    """Give the rows of an answer as dictionaries."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(question, given).fetchall()


def _rows(connection: Connection, relation: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
    known = [name for (name,) in connection.execute(_RELATIONS)]
    if relation not in known:
        raise UnknownName("table or view of numbers", relation, known)
    source = sql.Identifier(*relation.split("."))
    columns = list(columns_of(connection, [relation]))
    for name in given:
        if name not in columns:
            raise UnknownName(f"column of {relation}", name, columns)
    where = [sql.SQL("{}::text = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in given.items()]
    question = _WHERE.format(source, sql.SQL(" AND ").join([sql.SQL("true"), *where]))
    rows = many(connection, question, [])
    if not rows:
        raise BadInput("no row has these values", relation, "copy them from a row of it")
    return rows


def _of_row(connection: Connection, row: Mapping[str, Any]) -> set[Number]:
    """Find the units of a row: by its own number, else by the row's keys in the tables of the run's analysis."""
    run_id = int(row["run_id"])
    if row.get("unit_id"):
        return {Number(run_id, int(row["unit_id"]))}
    job = connection.execute("SELECT job FROM ops.run WHERE run_id = %s", [run_id]).fetchone()
    analysis = analysis_of(job[0]) if job else None
    named = {**row, "layer": row.get("layer", row.get("best_layer"))}
    tables = analysis.writes if analysis else ()
    return {unit for table in tables for unit in _units(connection, table, run_id, named)} or {Number(run_id)}


def _units(connection: Connection, table: Table, run_id: int, row: Mapping[str, Any]) -> set[Number]:
    keys = {column.name: f"found.{column.name}" for column in table.primary_key if column.name != "run_id"}
    joined = [name for name in JOINS if name in table.c]
    keys |= {name: place for key in joined for name, place in NAMES[key].items()}
    known = {name: place for name, place in keys.items() if row.get(name) is not None}
    where = " AND ".join(["found.run_id = %(run_id)s", *(f"{place} = %({name})s" for name, place in known.items())])
    joins = " ".join(JOINS[name] for name in joined)
    question = f"SELECT DISTINCT found.unit_id FROM {table.fullname} AS found {joins} WHERE {where}"
    chosen = {"run_id": run_id, **{name: row[name] for name in known}}
    return {Number(run_id, unit_id) for (unit_id,) in connection.execute(question, chosen).fetchall()}


def _telling(rows: list[dict[str, Any]]) -> list[str]:
    """Name the columns of text and whole numbers in which the rows differ."""
    return [
        name
        for name, value in rows[0].items()
        if isinstance(value, str | int) and len({str(row[name]) for row in rows}) > 1
    ][:6]


_RELATIONS = """
SELECT relation.table_schema || '.' || relation.table_name
FROM information_schema.columns AS relation
WHERE column_name = 'run_id' AND table_schema IN ('mart', 'current', 'result', 'slice') ORDER BY 1
"""
_WHERE = sql.SQL("SELECT * FROM {} WHERE {}")
