"""Keeps what is new, leaves what is there, refuses what differs.

`ON CONFLICT DO NOTHING` would hide corrected source values; here rows come into a staging table by COPY, are compared
with what is stored under the same natural key, and only then inserted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.declarations import JSONB, Table, Text
from warehouse.errors import BadInput, Forgotten, StoredDiffers
from warehouse.load import tombstones
from warehouse.load.copying import copy_new, list_of, name_of, plain, stage
from warehouse.plugin import names
from warehouse.plugin.contents import Columns
from warehouse.schema.natural_keys import identity, natural_key
from warehouse.schema.tables import human

DERIVED = {"human.saccade": "SELECT fn.derive_saccades(%s)"}
"""Tables whose rows the database makes itself, from the subjects named in the column ``subject_id``: not counted."""
NAMING = ("stimulus", "human", "model")
"""Schemas whose natural keys are names that people give."""
ALLOWED = {"prefix": "\n", "suffix": "\n", "system_text": "\n", "error": "\n\t"}
"""Control characters that some texts hold on purpose: an instruction of several lines, what a program said."""


@dataclass(frozen=True)
class Kept:
    """What became of some rows: how many are new, how many were there, and their surrogate ids where they have any."""

    inserted: int
    unchanged: int
    ids: list[int] | None = None


def keep(connection: Connection, table: Table, columns: Columns) -> Kept:
    """Write rows that are new.

    Parameters
    ----------
    connection : psycopg.Connection
        In a transaction; what is written here is seen only with the rest of it.
    table : Table
        Where to.
    columns : mapping of str to sequence
        The rows by column, all of one length, without the surrogate id.

    Returns
    -------
    Kept
        With the surrogate ids in the order of the rows where the table has such.

    Raises
    ------
    StoredDiffers
        If a row is stored under the same natural key with other values; the message names the first.
    Forgotten
        If one of the rows is a reader who was forgotten.
    """
    if statement := DERIVED.get(table.fullname):
        connection.execute(statement, [plain(columns["subject_id"])])
        return Kept(inserted=0, unchanged=0)
    natural = natural_key(table)
    _refuse_odd_texts(table, columns, natural)
    if table is human.subject:
        _refuse_forgotten(connection, columns)
    columns = {**columns, **_left_out(table, natural, columns)}
    names = list(columns)
    row_count = stage(connection, table, columns)
    parts = _parts(table, names, natural)
    _complete(connection, table, names, parts)
    _refuse_what_differs(connection, table, names, natural, parts)
    inserted = connection.execute(_INSERT.format(**parts)).rowcount
    surrogate = identity(table)
    ids = None
    if surrogate is not None:
        rows = connection.execute(_IDS.format(identity=sql.Identifier(surrogate), **parts)).fetchall()
        ids = [number for (number,) in rows]
    connection.execute("DROP TABLE staging")
    return Kept(inserted, row_count - inserted, ids)


def add(connection: Connection, table: Table, columns: Columns) -> Kept:
    """Write rows that cannot be there yet, without comparing: as `keep` does, in less time."""
    _refuse_odd_texts(table, columns, natural_key(table))
    return Kept(copy_new(connection, table, columns), 0)


def _refuse_odd_texts(table: Table, columns: Columns, natural: Sequence[str]) -> None:
    """Refuse names that cannot be names, and control characters in other texts: whatever comes in comes in here.

    Raises
    ------
    BadInput
        Naming the first.
    """
    for name, values in columns.items():
        kind = table.c[name].type
        if isinstance(kind, Text) and name in natural and table.schema in NAMING:
            for value in dict.fromkeys(values):
                if value is not None:
                    names.check_name(str(value), name.replace("_", " "))
        elif isinstance(kind, Text | JSONB):
            for value in values:
                if found := names.control_in(value, ALLOWED.get(name, "")):
                    where = f"{table.fullname}, {name} {str(value)[:60]!a}"
                    raise BadInput(f"holds the control character {found}", where, "take it out of what comes in")


def _refuse_forgotten(connection: Connection, columns: Columns) -> None:
    readers = list(zip(columns["corpus_id"], columns["language_group"], columns["subject_label"], strict=True))
    if count := tombstones.count_forgotten(connection, readers):
        raise Forgotten(count, len(readers))


def _complete(connection: Connection, table: Table, names: list[str], parts: dict[str, sql.Composable]) -> None:
    """Fill in columns that came later than rows that are stored: null says that these were loaded before."""
    for name in names:
        if table.c[name].info.get("is_completed"):
            connection.execute(_COMPLETE.format(column=sql.Identifier(name), **parts))


def _refuse_what_differs(
    connection: Connection, table: Table, names: list[str], natural: list[str], parts: dict[str, sql.Composable]
) -> None:
    others = [name for name in names if name not in natural]
    if not others:
        return
    differs = sql.SQL(" OR ").join(
        sql.SQL("staging.{0} IS DISTINCT FROM stored.{0}").format(sql.Identifier(name)) for name in others
    )
    row = connection.execute(_DIFFERING.format(differs=differs, **parts)).fetchone()
    if row is None:
        return
    offered, stored = dict(zip(names, row, strict=False)), dict(zip(names, row[len(names) :], strict=True))
    different = [name for name in others if offered[name] != stored[name]] or others
    raise StoredDiffers(
        f"{table.fullname} " + ", ".join(f"{name} {offered[name]!r}" for name in natural),
        ", ".join(f"{name} {stored[name]!r}" for name in different),
        ", ".join(f"{name} {offered[name]!r}" for name in different),
        "what is stored is kept and nothing of this was loaded: correct the input, or load it under another name",
    )


def _parts(table: Table, names: list[str], natural: list[str]) -> dict[str, sql.Composable]:
    same = (
        sql.SQL(
            "staging.{0} IS NOT DISTINCT FROM stored.{0}" if table.c[name].nullable else "staging.{0} = stored.{0}"
        ).format(sql.Identifier(name))
        for name in natural
    )
    return {
        "table": name_of(table),
        "names": list_of(names),
        "same": sql.SQL(" AND ").join(same),
        "both": sql.SQL(", ").join(
            [*(sql.Identifier("staging", name) for name in names), *(sql.Identifier("stored", name) for name in names)]
        ),
    }


_INSERT = sql.SQL(
    "INSERT INTO {table} ({names}) SELECT {names} FROM staging "
    "WHERE NOT EXISTS (SELECT 1 FROM {table} AS stored WHERE {same}) ORDER BY staging_row"
)
_DIFFERING = sql.SQL(
    "SELECT {both} FROM staging JOIN {table} AS stored ON {same} WHERE {differs} ORDER BY staging_row LIMIT 1"
)
_COMPLETE = sql.SQL(
    "UPDATE {table} AS stored SET {column} = staging.{column} FROM staging "
    "WHERE {same} AND stored.{column} IS NULL AND staging.{column} IS NOT NULL"
)
_IDS = sql.SQL("SELECT stored.{identity} FROM staging JOIN {table} AS stored ON {same} ORDER BY staging_row")


def _left_out(table: Table, natural: Sequence[str], columns: Columns) -> Columns:
    """Give the columns of the natural key that are not given: their default, or null, is part of what names a row."""
    length = len(next(iter(columns.values())))
    return {name: [table.c[name].info.get("default")] * length for name in natural if name not in columns}
