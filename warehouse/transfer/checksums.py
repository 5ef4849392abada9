"""A checksum of every table, the same in whatever order its rows are kept and on whichever server.

A row's hash is PostgreSQL's own of its values (`hash_record_extended`, made for partitioning and so the same in every
version and on every little-endian machine), mixed once more; a table's is the number of its rows and the sum of their
hashes modulo 2**64. It finds what was lost, doubled or altered by accident; 0.0 and -0.0 count as equal. Arrays of
numbers are read ten times faster than COPY writes them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg import sql
from psycopg.pq import TransactionStatus

Connection = psycopg.Connection[Any]

OF_THE_ATTEMPT = (
    "attempt", "completed_at", "environment", "finished_at", "host", "installed_at", "process_id", "run_id",
    "started_at", "started_by", "unit_id",
)  # fmt: skip
"""Columns that say when and by what a row was made: they differ where the same work is done again."""


@dataclass(frozen=True)
class Column:
    """A column, and the table (`home`) whose surrogate ids it holds, with that table's own name for them."""

    name: str
    home: str | None = None
    home_column: str | None = None


def of(connection: Connection, *, values_only: bool = False) -> dict[str, str]:
    """Give the checksum of every table, all as of one moment.

    Parameters
    ----------
    connection : psycopg.Connection
        Of a role that sees every row. Where a transaction is open already, that transaction's view is taken.
    values_only : bool
        Compare what two loads of the same input must agree in: leave out `OF_THE_ATTEMPT` and the ledger's tables, and
        take surrogate ids by their order, since a load that was broken off leaves gaps between them.

    Returns
    -------
    dict of str to str
        ``schema.table`` to ``ROWS-HASH``, e.g. ``"1925-0f3a5b7c9d1e2f40"``; partitions count as part of their table.

    Raises
    ------
    psycopg.errors.InsufficientPrivilege
        Row security hides rows from the role.
    """
    return dict(each(connection, values_only=values_only))


def each(connection: Connection, *, values_only: bool = False) -> Iterator[tuple[str, str]]:
    """Give the tables' checksums one by one, as `of` does all."""
    with _one_moment(connection):
        for schema, name, facts in connection.execute(_TABLES).fetchall():
            columns = [Column(*fact) for fact in facts]
            if values_only and schema == "ops" and any(column.name == "run_id" for column in columns):
                continue
            source = sql.Identifier(schema, name)
            question = _values(source, columns) if values_only else _rows(source)
            yield f"{schema}.{name}", _asked(connection, question)


def differing(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Name the tables that are not the same in both, by name."""
    return sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    is_idle = connection.info.transaction_status == TransactionStatus.IDLE
    with connection.transaction():
        if is_idle:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET LOCAL row_security = off")  # hidden rows are an error, not missing
        yield


def _asked(connection: Connection, rows: sql.Composed) -> str:
    """Sum the rows' hashes; values of a type that has none (json, point) are hashed as text."""
    try:
        with connection.transaction():
            found = connection.execute(_HASHED.format(rows)).fetchone()
    except pg.UndefinedFunction:
        found = connection.execute(_HASHED_AS_TEXT.format(rows)).fetchone()
    count, total = found or (0, 0)
    return f"{count}-{int(total or 0) % 2**64:016x}"


def _rows(source: sql.Composable) -> sql.Composed:
    return sql.SQL("SELECT kept AS row FROM {} AS kept").format(source)


def _values(source: sql.Composable, columns: Sequence[Column]) -> sql.Composed:
    """Give the rows without the columns of the attempt, and with ids replaced by their rank in their home table."""
    values: list[sql.Composable] = []
    joins: list[sql.Composable] = []
    for number, column in enumerate(columns):
        here = sql.Identifier("kept", column.name)
        if column.name in OF_THE_ATTEMPT:
            continue
        if column.home and column.home_column:
            ranked = sql.Identifier(f"ranked_{number}")
            home, key = sql.SQL(column.home), sql.Identifier(column.home_column)
            joins.append(_RANKED.format(key=key, home=home, ranked=ranked, here=here))
            values.append(sql.SQL("{}.place").format(ranked))
        else:
            values.append(here)
    row = sql.SQL("ROW({}) AS row").format(sql.SQL(", ").join(values))
    return sql.SQL("SELECT {} FROM {} AS kept {}").format(row, source, sql.SQL(" ").join(joins))


# The hash of a record is linear in those of its values: summed as it is, values exchanged between rows would go unseen.
_HASHED = sql.SQL("SELECT count(*), sum(hashtextextended(hash_record_extended(row, 0)::text, 0)) FROM ({}) AS asked")
_HASHED_AS_TEXT = sql.SQL("SELECT count(*), sum(hashtextextended(row::text, 0)) FROM ({}) AS asked")
_RANKED = sql.SQL(
    "LEFT JOIN (SELECT {key} AS id, row_number() OVER (ORDER BY {key}) AS place FROM {home}) AS {ranked} "
    "ON {ranked}.id = {here}"
)
# A column holds the ids of the table that its foreign key leads to, else of the one that assigns ids of this name:
# attention has no foreign keys.
_TABLES = r"""
WITH own AS (
    SELECT pg_class.oid, nspname, relname
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE
        relkind IN ('r', 'p') AND NOT relispartition AND relpersistence <> 't'
        AND nspname !~ '^(pg_|information_schema$)'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
),

assigned AS (
    SELECT attrelid, attnum, attname
    FROM pg_attribute
    JOIN own ON own.oid = attrelid
    WHERE attidentity <> ''
),

referred AS (
    SELECT conrelid, key.attnum, assigned.attrelid AS home, assigned.attname AS home_column
    FROM pg_constraint
    CROSS JOIN LATERAL unnest(conkey, confkey) AS key (attnum, home_attnum)
    JOIN assigned ON assigned.attrelid = confrelid AND assigned.attnum = key.home_attnum
    WHERE contype = 'f'
),

columns AS (
    SELECT DISTINCT ON (pg_attribute.attrelid, pg_attribute.attnum)
        pg_attribute.attrelid, pg_attribute.attnum, pg_attribute.attname,
        COALESCE(referred.home, assigned.attrelid)::regclass::text AS home,
        COALESCE(referred.home_column, assigned.attname) AS home_column
    FROM pg_attribute
    LEFT JOIN referred ON referred.conrelid = pg_attribute.attrelid AND referred.attnum = pg_attribute.attnum
    LEFT JOIN assigned ON assigned.attname = pg_attribute.attname
    WHERE pg_attribute.attnum > 0 AND NOT attisdropped
    ORDER BY pg_attribute.attrelid, pg_attribute.attnum, referred.home
)

SELECT nspname, relname, json_agg(json_build_array(columns.attname, home, home_column) ORDER BY columns.attnum)
FROM own
JOIN columns ON attrelid = own.oid
GROUP BY nspname, relname
ORDER BY nspname, relname
"""
