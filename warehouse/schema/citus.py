"""What is asked of Citus: what it has distributed and by what, whether there are workers, and what is left on them."""

from collections.abc import Mapping

from warehouse.database.types import Connection
from warehouse.errors import DatabaseUnavailable

EXTENSION = "citus"
UNDER_EMBARGO = "Citus takes no policies with subqueries on distributed tables, and embargoes are such"


def spread(connection: Connection) -> Mapping[str, str | None]:
    """Give the tables that Citus has, and the column that each is distributed by.

    None of a table that is whole on each machine; a server without Citus has no tables.
    """
    if connection.execute("SELECT to_regclass('pg_dist_partition')").fetchone() == (None,):
        return {}
    return dict(connection.execute(_SPREAD).fetchall())


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
    _require_workers(connection)
    if connection.execute("SELECT count(*) FROM pg_policy").fetchone() != (0,):
        raise DatabaseUnavailable(f"{UNDER_EMBARGO}: lift it, distribute, and keep what is hidden elsewhere.")


def _require_workers(connection: Connection) -> None:
    """Refuse a coordinator without workers, or with one that cannot take attention: before anything is moved."""
    if connection.execute("SELECT count(*) FROM citus_get_active_worker_nodes()").fetchone() == (0,):
        raise DatabaseUnavailable(
            "This coordinator has no workers: run `SELECT citus_add_node(HOST, PORT)` for each, then give the same "
            "command again."
        )
    has_vectors = connection.execute(_HAS_VECTORS).fetchone() != (0,)
    for worker, has_answered, answer in connection.execute(_VECTORS_ON_WORKERS).fetchall():
        if not has_answered:
            raise DatabaseUnavailable(
                f"Worker {worker} does not answer ({answer}): nothing was changed; give the same command again when it "
                "is back, or take it out with `SELECT citus_remove_node(HOST, PORT)`."
            )
        if has_vectors and answer == "0":
            raise DatabaseUnavailable(
                f"Worker {worker} does not have pgvector in its database: run `CREATE EXTENSION vector` there, for it "
                "is in this one; nothing was changed."
            )


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


_INSTALLED = "SELECT installed_version FROM pg_available_extensions WHERE name = %s"
# Distributed by hash, or a reference table; what else Citus knows of is local.
_SPREAD = """
SELECT logicalrelid::regclass::text, column_to_column_name(logicalrelid, partkey)
FROM pg_dist_partition
WHERE partmethod = 'h' OR repmodel = 't'
"""
_HAS_VECTORS = "SELECT count(*) FROM pg_extension WHERE extname = 'vector'"
_VECTORS_ON_WORKERS = f"""
SELECT nodename || ':' || nodeport, success, COALESCE(result, '')
FROM run_command_on_workers($of_worker${_HAS_VECTORS}$of_worker$)
"""
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
