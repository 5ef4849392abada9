"""A checksum of every table, the same in whatever order its rows are kept and on whichever server.

A row's hash is PostgreSQL's own of its values (`hash_record_extended`, made for partitioning and so the same in every
version and on every little-endian machine), mixed once more; a table's is the number of its rows and the sum of their
hashes modulo 2**64. It finds what was lost, doubled or altered by accident; 0.0 and -0.0 count as equal. Arrays of
numbers are read ten times faster than COPY writes them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from psycopg import errors as pg
from psycopg import sql
from psycopg.pq import TransactionStatus

from warehouse.database.types import Connection
from warehouse.schema.tables import SCHEMAS
from warehouse.transfer import natural_keys


def of(connection: Connection, *, values_only: bool = False, schemas: Sequence[str] = tuple(SCHEMAS)) -> dict[str, str]:
    """Give the checksum of every table of some schemas, all as of one moment.

    To read a row evaluates what its types and their casts are made of: read schemas of others as their owners.

    Parameters
    ----------
    connection : psycopg.Connection
        Of a role that sees every row. Where a transaction is open already, that transaction's view is taken.
    values_only : bool
        Compare what two loads of the same input must agree in, in whatever order they were made: without the ledger,
        times and what no longer holds, and with rows of other tables instead of their numbers (`natural_keys`).
    schemas : sequence of str
        The warehouse's own by default.

    Returns
    -------
    dict of str to str
        ``schema.table`` to ``ROWS-HASH``, e.g. ``"1925-0f3a5b7c9d1e2f40"``; partitions count as part of their table.

    Raises
    ------
    psycopg.errors.InsufficientPrivilege
        Row security hides rows from the role.
    """
    return dict(each_table(connection, values_only=values_only, schemas=schemas))


def each_table(
    connection: Connection, *, values_only: bool = False, schemas: Sequence[str] = tuple(SCHEMAS)
) -> Iterator[tuple[str, str]]:
    """Give the tables' checksums one by one, as `of` does all."""
    with _one_moment(connection):
        found = natural_keys.tables(connection) if values_only else {}
        for schema, name, quoted, is_of_runs in connection.execute(_TABLES, [list(schemas)]).fetchall():
            if values_only and schema == "ops" and is_of_runs:
                continue
            rows = natural_keys.rows(found, quoted) if values_only else _ROWS.format(sql.SQL(quoted))
            yield f"{schema}.{name}", _asked(connection, rows)


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


_ROWS = sql.SQL("SELECT kept AS row FROM {} AS kept")
# The hash of a record is linear in those of its values: summed as it is, values exchanged between rows would go unseen.
_HASHED = sql.SQL("SELECT count(*), sum(hashtextextended(hash_record_extended(row, 0)::text, 0)) FROM ({}) AS asked")
# The text is what the types themselves write: a cast to text may be somebody's own.
_HASHED_AS_TEXT = sql.SQL("SELECT count(*), sum(hashtextextended(format('%s', row), 0)) FROM ({}) AS asked")
_TABLES = r"""
SELECT
    nspname, relname, format('%%I.%%I', nspname, relname),
    EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'run_id' AND NOT attisdropped)
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE
    relkind IN ('r', 'p') AND NOT relispartition AND relpersistence <> 't'
    AND nspname = ANY (%s)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
ORDER BY nspname, relname
"""
