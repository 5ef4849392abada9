"""Which tables are spread over several machines, and by what: read from the catalogue, so that no list can be outdated.

Citus keeps the rows of a distributed table that have the same distribution key on one machine, and a reference table
whole on each. A table is distributed by the first column of its primary key if that is one of `KEYS` and another table
assigns its values; every other table is a reference table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import class_row

from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.schema import migrations

KEYS = ("extraction_id", "run_id", "subject_id")
"""What facts are distributed by: what models did, what was computed, what a reader did."""
EXTENSION = "citus"
OFF_THE_KEY = {
    "mart.claim": "lists claims of several analyses, which are different runs",
    "mart.corrected_resemblance": "sets results of four analyses beside each other, which are different runs",
    "mart.layer_choice": "sets resemblance beside scores by article, which are different runs",
    "mart.model_summary": "sets resemblance beside nested choices of layers, which are different runs",
    "mart.region_summary": "divides resemblance by ceilings, which are different runs",
    "slice.claim_reliance": "sets the reliance of models beside that of readers, which are different runs",
    "slice.layer_curve": "divides resemblance by ceilings, which are different runs",
    "slice.reader_cell": "stacks saccades and region values (UNION ALL), and joins neither to the other",
}
"""Views over several distributed tables that are not joined by their key, and why; a test holds this to the catalogue.

Citus brings the smaller side of such a join over the network, or asks for citus.enable_repartition_joins.
"""


@dataclass(frozen=True)
class Class:
    """How a table is spread: `key` is its distribution column; None for a reference table, whole on each machine."""

    table: str
    key: str | None
    is_spread: bool = False


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key from one distributed table to another; it is taken down for the time of the move."""

    table: str
    name: str
    definition: str


def classes(connection: Connection) -> list[Class]:
    """Class every table of the warehouse, in an order in which a table follows those that it refers to.

    Raises
    ------
    Busy
        Attention that is being loaded lies in a table of its own, which belongs nowhere yet.
    """
    if loading := connection.execute(_LOADING).fetchone():
        raise Busy(
            f"An extraction is being loaded into {loading[0]}: wait until its run has ended, or give the command that "
            "loads it again where it was broken off, then distribute."
        )
    spread = _spread(connection)
    found = connection.execute(_CLASSES, {"keys": list(KEYS)}).fetchall()
    return [Class(table, key, table in spread) for table, key in found]


def foreign_keys(connection: Connection) -> list[ForeignKey]:
    """Give the foreign keys between tables that are distributed by the same column."""
    cursor = connection.cursor(row_factory=class_row(ForeignKey))
    return cursor.execute(_FOREIGN_KEYS, {"keys": list(KEYS)}).fetchall()


def statements(found: Sequence[Class], keys: Sequence[ForeignKey]) -> list[str]:
    """Give the SQL that spreads what is not spread yet, to be run in one transaction.

    Parameters
    ----------
    found : sequence of Class
        All tables (`classes`).
    keys : sequence of ForeignKey
        Those between distributed tables (`foreign_keys`): while one side is distributed and the other is not, Citus
        takes no foreign key between them.

    Returns
    -------
    list of str
        Empty where all is done.
    """
    waiting = [each for each in found if not each.is_spread]
    moved = {each.table for each in waiting}
    between = [key for key in keys if key.table in moved]
    if not waiting:
        return []
    return [
        "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",  # foreign keys lead to reference tables
        *(f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}" for key in between),
        *(f"SELECT create_reference_table({_literal(each.table)})" for each in waiting if each.key is None),
        *(_distribute(each, found) for each in waiting if each.key is not None),
        *(f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}" for key in between),
    ]


def plan_statements(database: Database) -> list[str]:
    """Give the statements that `distribute` would run, on any server."""
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        return statements(classes(connection), foreign_keys(connection))


def distribute(database: Database) -> list[str]:
    """Spread the tables over the machines of a Citus cluster, in one transaction; what is spread already is left.

    Returns
    -------
    list of str
        The statements that were run; empty where there was nothing to do.

    Raises
    ------
    DatabaseUnavailable
        The server does not have Citus, or has no second machine to spread to.
    Busy
        An extraction is being loaded.
    """
    migrations.check(database)
    with database.connect() as connection:
        require_citus(connection)
        wanted = statements(classes(connection), foreign_keys(connection))
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


def _spread(connection: Connection) -> set[str]:
    """Name the tables that Citus has already; a server without it has none."""
    if connection.execute("SELECT to_regclass('pg_dist_partition')").fetchone() == (None,):
        return set()
    return {name for (name,) in connection.execute("SELECT logicalrelid::regclass::text FROM pg_dist_partition")}


def _distribute(each: Class, found: Sequence[Class]) -> str:
    first = next(other.table for other in found if other.key == each.key)
    beside = "none" if first == each.table else first
    arguments = ", ".join(map(_literal, (each.table, each.key or "")))
    return f"SELECT create_distributed_table({arguments}, colocate_with => {_literal(beside)})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_INSTALLED = "SELECT installed_version FROM pg_available_extensions WHERE name = %s"
# A table comes after those that its foreign keys lead to: by the longest way there.
_CLASSES = """
WITH RECURSIVE own AS (
    SELECT pg_class.oid, pg_class.oid::regclass::text AS name
    FROM pg_class
    WHERE
        relkind IN ('r', 'p') AND NOT relispartition
        AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
),

steps AS (
    SELECT oid, 0 AS step FROM own
    UNION
    SELECT conrelid, step + 1
    FROM steps
    JOIN pg_constraint ON confrelid = steps.oid AND contype = 'f' AND conrelid <> confrelid
    WHERE step < 50
)

SELECT
    own.name,
    (
        SELECT attname
        FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE conrelid = own.oid AND contype = 'p' AND attname = ANY (%(keys)s) AND attidentity = ''
    ) AS key
FROM own
JOIN steps USING (oid)
GROUP BY own.oid, own.name
ORDER BY max(step), own.name
"""
_LOADING = r"""
SELECT pg_class.oid::regclass::text
FROM pg_class
WHERE relnamespace = 'model'::regnamespace AND relname ~ '^attention_\d+$' AND NOT relispartition
LIMIT 1
"""
_FOREIGN_KEYS = """
WITH distributed AS (
    SELECT conrelid AS oid
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'p' AND attname = ANY (%(keys)s) AND attidentity = '' AND conparentid = 0
)

SELECT
    conrelid::regclass::text AS "table",
    quote_ident(conname) AS name,
    pg_get_constraintdef(pg_constraint.oid) AS definition
FROM pg_constraint
WHERE
    contype = 'f' AND conrelid IN (SELECT oid FROM distributed) AND confrelid IN (SELECT oid FROM distributed)
ORDER BY conrelid::regclass::text, conname
"""
