"""What is spread over several machines, and by what: attention and sums over it; everything else stays whole.

Citus keeps the rows of a distributed table that have the same distribution key on one machine, and a reference table
whole on each. Tried on Citus 14: with attention alone distributed, every view gives the same rows and every command
works; with every table distributed, commands that change many rows or join off the key are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from warehouse.database.connection import Database
from warehouse.database.translation import first_line
from warehouse.database.types import Connection
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.schema import citus, migrations

OF_ATTENTION = ("model.attention", "model.head_sums", "model.reader_sums", "model.predictor_sums")
WAYS: Mapping[str, Mapping[str, str]] = {
    "extraction": dict.fromkeys(OF_ATTENTION, "extraction_id"),
    "sentence": dict.fromkeys(
        (*OF_ATTENTION, "human.reading", "human.saccade", "stimulus.word", "stimulus.word_pair"), "sentence_id"
    ),
}
"""The tables that are distributed, and their distribution column, by how a study is spread."""


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key; it is taken down for the time of the move."""

    table: str
    name: str
    definition: str
    other: str


def foreign_keys(connection: Connection) -> list[ForeignKey]:
    """Give the foreign keys of the warehouse's tables, by table."""
    return connection.cursor(row_factory=class_row(ForeignKey)).execute(_FOREIGN_KEYS).fetchall()


def statements(way: str, keys: Sequence[ForeignKey], has_already: Mapping[str, str | None]) -> list[str]:
    """Give the SQL that spreads what is not spread yet, to be run in one transaction.

    Foreign keys of and to what moves are dropped first and added last: while one side is distributed and the other is
    not, Citus takes none between them. What distributed tables refer to becomes a reference table; one from a table
    that stays to one that is distributed cannot be had, and is left out.

    Parameters
    ----------
    way : str
        One of `WAYS`.
    keys : sequence of ForeignKey
        Of all tables (`foreign_keys`).
    has_already : mapping of str to str or None
        Tables that are spread, with the column that each is distributed by (`citus.spread`).

    Returns
    -------
    list of str
        Empty where all is done.

    Raises
    ------
    DatabaseUnavailable
        A table is distributed in another way.
    """
    for table, column in WAYS[way].items():
        if (present := has_already.get(table, column)) != column:
            raise DatabaseUnavailable(
                f"{table} is distributed by {present or 'none, whole on each machine'} already, and `--by {way}` needs "
                f"{column}: run `SELECT undistribute_table('{table}')` for each table that is, then give the same "
                "command again."
            )
    moved = {table: column for table, column in WAYS[way].items() if table not in has_already}
    if not moved:
        return []
    touched = [key for key in keys if key.table in WAYS[way] or key.other in WAYS[way]]
    copied = sorted({key.other for key in touched if key.table in WAYS[way]} - WAYS[way].keys() - has_already.keys())
    kept = [key for key in touched if key.table in WAYS[way]]
    first = next(iter(WAYS[way]))
    return [
        "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",  # foreign keys lead to reference tables
        *(f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}" for key in touched),
        *(f"SELECT create_reference_table({_literal(table)})" for table in copied),
        *(_distribute(table, column, first) for table, column in moved.items()),
        *(f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}" for key in kept),
    ]


def plan_statements(database: Database, way: str) -> list[str]:
    """Give the statements that `distribute` would run, on any server."""
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        _refuse_loading(connection)
        return statements(way, foreign_keys(connection), citus.spread(connection))


def distribute(database: Database, way: str) -> list[str]:
    """Spread the tables over the machines of a Citus cluster, in one transaction; what is spread already is left.

    Returns
    -------
    list of str
        The statements that were run; empty where there was nothing to do.

    Raises
    ------
    DatabaseUnavailable
        The server does not have Citus, has no worker to spread to or one that does not answer, or has spread the tables
        in another way; or an embargo stands. Nothing was changed.
    Busy
        An extraction is being loaded.
    """
    migrations.check(database)
    with database.connect() as connection:
        citus.require_citus(connection)
        _refuse_loading(connection)
        wanted = statements(way, foreign_keys(connection), citus.spread(connection))
        for statement in wanted:
            _run(connection, statement)
    return wanted


def left_out(keys: Sequence[ForeignKey], has_already: Mapping[str, str | None]) -> list[ForeignKey]:
    """Give the foreign keys that a distributed warehouse does not have: of tables that stay, to those that moved."""
    moved = {table for table, column in has_already.items() if column}
    return [key for key in keys if key.other in moved and key.table not in moved]


def _run(connection: Connection, statement: str) -> None:
    """Run a statement of the transaction that spreads all or nothing."""
    try:
        connection.execute(sql.SQL(statement))
    except psycopg.Error as error:
        raise DatabaseUnavailable(
            f"`{statement}` was refused ({first_line(error)}): nothing was changed; see that every worker is up "
            "(`SELECT * FROM citus_check_cluster_node_health()`), then give the same command again."
        ) from error


def _refuse_loading(connection: Connection) -> None:
    if loading := connection.execute(_LOADING).fetchone():
        raise Busy(
            f"An extraction is being loaded into {loading[0]}: wait until its run has ended, or give the command that "
            "loads it again where it was broken off, then distribute."
        )


def _distribute(table: str, column: str, first: str) -> str:
    what, by, beside = map(_literal, (table, column, "none" if table == first else first))
    return f"SELECT create_distributed_table({what}, {by}, colocate_with => {beside})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_LOADING = r"""
SELECT pg_class.oid::regclass::text
FROM pg_class
WHERE relnamespace = 'model'::regnamespace AND relname ~ '^attention_\d+$' AND NOT relispartition
LIMIT 1
"""
_FOREIGN_KEYS = """
SELECT
    conrelid::regclass::text AS "table",
    quote_ident(conname) AS name,
    pg_get_constraintdef(pg_constraint.oid) AS definition,
    confrelid::regclass::text AS other
FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE
    contype = 'f' AND conparentid = 0
    AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
ORDER BY conrelid::regclass::text, conname
"""
