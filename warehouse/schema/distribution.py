"""What is spread over several machines, and by what: attention, which outgrows one; everything else stays whole.

Citus keeps the rows of a distributed table that have the same distribution key on one machine, and a reference table
whole on each. Tried on Citus 14: with attention alone distributed, every view gives the same rows and every command
works; with every table distributed, commands that change many rows or join off the key are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import class_row

from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.schema import migrations

WAYS: Mapping[str, Mapping[str, str]] = {
    "extraction": {"model.attention": "extraction_id"},
    "sentence": dict.fromkeys(
        ("model.attention", "human.reading", "human.saccade", "stimulus.word", "stimulus.word_pair"), "sentence_id"
    ),
}
"""The tables that are distributed, and their distribution column, by how a study is spread."""
EXTENSION = "citus"


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


def spread(connection: Connection) -> set[str]:
    """Name the tables that Citus has already; a server without it has none."""
    if connection.execute("SELECT to_regclass('pg_dist_partition')").fetchone() == (None,):
        return set()
    return {name for (name,) in connection.execute(_SPREAD)}


def statements(way: str, keys: Sequence[ForeignKey], has_already: set[str]) -> list[str]:
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
    has_already : set of str
        Tables that are spread (`spread`).

    Returns
    -------
    list of str
        Empty where all is done.
    """
    moved = {table: column for table, column in WAYS[way].items() if table not in has_already}
    if not moved:
        return []
    touched = [key for key in keys if key.table in WAYS[way] or key.other in WAYS[way]]
    copied = sorted({key.other for key in touched if key.table in WAYS[way]} - WAYS[way].keys() - has_already)
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
        return statements(way, foreign_keys(connection), spread(connection))


def distribute(database: Database, way: str) -> list[str]:
    """Spread the tables over the machines of a Citus cluster, in one transaction; what is spread already is left.

    Returns
    -------
    list of str
        The statements that were run; empty where there was nothing to do.

    Raises
    ------
    DatabaseUnavailable
        The server does not have Citus, has no worker to spread to, or an embargo stands.
    Busy
        An extraction is being loaded.
    """
    migrations.check(database)
    with database.connect() as connection:
        require_citus(connection)
        _refuse_loading(connection)
        wanted = statements(way, foreign_keys(connection), spread(connection))
        for statement in wanted:
            connection.execute(sql.SQL(statement))
    return wanted


def require_citus(connection: Connection) -> None:
    """Refuse a server on which nothing can be spread."""
    found = connection.execute(_INSTALLED, [EXTENSION]).fetchone()
    if found is None:
        raise DatabaseUnavailable(
            "This server does not have Citus: install its package for your PostgreSQL on every machine (Citus 12.1 or "
            "newer), put `shared_preload_libraries = 'citus'` into postgresql.conf, restart, and run `CREATE EXTENSION "
            "citus`; the embedded server cannot be distributed. `--dry-run` prints what would be done."
        )
    if found[0] is None:
        raise DatabaseUnavailable(
            "Citus is on this server and not in this database: run `CREATE EXTENSION citus` in it on every machine, "
            "and `SELECT citus_add_node(HOST, PORT)` for each worker, then give the same command again."
        )
    if connection.execute("SELECT count(*) FROM citus_get_active_worker_nodes()").fetchone() == (0,):
        raise DatabaseUnavailable(
            "This coordinator has no workers: run `SELECT citus_add_node(HOST, PORT)` for each, then give the same "
            "command again."
        )
    if connection.execute("SELECT count(*) FROM pg_policy").fetchone() != (0,):
        raise DatabaseUnavailable(f"{UNDER_EMBARGO}: lift it, distribute, and keep what is hidden elsewhere.")


def left_on_workers(connection: Connection) -> list[str]:
    """Say where attention lies that the coordinator knows nothing of any more, in words; on one machine nowhere.

    A worker that was down while a partition was dropped comes back with its shards.
    """
    if "model.attention" not in spread(connection):
        return []
    known, found = {number for (number,) in connection.execute(_PARTITIONS)}, list[str]()
    for worker, has_answered, answer in connection.execute(_ON_WORKERS).fetchall():
        if not has_answered:
            found.append(f"whether attention is left on worker {worker} could not be asked ({answer})")
        elif left := sorted(set(map(int, answer.split())) - known):
            tables = ", ".join(f"model.attention_{number}_*" for number in left)
            found.append(f"attention is left on worker {worker}, to be dropped there by hand: {tables}")
    return found


UNDER_EMBARGO = "Citus takes no policies with subqueries on distributed tables, and embargoes are such"


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


_INSTALLED = "SELECT installed_version FROM pg_available_extensions WHERE name = %s"
# Distributed by hash, or a reference table; what else Citus knows of is local.
_SPREAD = "SELECT logicalrelid::regclass::text FROM pg_dist_partition WHERE partmethod = 'h' OR repmodel = 't'"
_PARTITIONS = r"""
SELECT substring(relname FROM '^attention_(\d+)$')::integer FROM pg_class
WHERE relnamespace = 'model'::regnamespace AND relname ~ '^attention_\d+$'
"""
_ON_WORKERS = r"""
SELECT nodename || ':' || nodeport, success, COALESCE(result, '')
FROM run_command_on_workers($of_worker$
    SELECT COALESCE(string_agg(DISTINCT substring(relname FROM '^attention_(\d+)_\d+$'), ' '), '') FROM pg_class
    WHERE relnamespace::regnamespace::text = 'model' AND relname ~ '^attention_\d+_\d+$'
$of_worker$)
"""
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
