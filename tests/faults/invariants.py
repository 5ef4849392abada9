"""What must hold after any fault, before and after the same command is given again."""

import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults import commands, naming
from tests.faults.study import Study, Work
from warehouse.database.types import Connection
from warehouse.schema.tables import metadata


def broken_before(study: Study, work: Work) -> list[str]:
    """Say what a reader sees in part, and where the ledger does not tell the truth, before the rerun."""
    wanted = study.expected(work).owned
    with study.database.connect() as connection:
        found = naming.owned(connection)
        partial = [f"{table} of {owner} is seen in part" for (table, owner), digest in found.items()
                   if wanted.get((table, owner)) != digest]  # fmt: skip
        return [*partial, *_told(connection, _UNTRUE), *_shown_unfinished(connection), *_untrue_results(connection)]


def broken_after(study: Study, leader: int) -> list[str]:
    """Say what is left over when the command has been given again: runs, tables, locks, processes, files."""
    with study.database.connect(autocommit=True) as connection:
        left = [*_told(connection, _LEFT), *_untrue_results(connection), *_orphans(study, connection)]
        _wait_until_alone(connection)
        left += _told(connection, _HELD)
    left += [f"process {pid} is left: {commands.words(pid)}" for pid in commands.of_session(leader)]
    return left + [f"{path} is left" for path in study.folder.glob("*/tmp/*")]


def _told(connection: Connection, questions: dict[str, str]) -> Iterator[str]:
    for claim, question in questions.items():
        for found in connection.execute(question).fetchall():
            yield f"{claim}: {', '.join(map(str, found))}"


def _shown_unfinished(connection: Connection) -> Iterator[str]:
    """Look into every view for rows of a run that is not done or of an extraction that is not complete."""
    for view, column in connection.execute(_VIEWS).fetchall():
        finished = _FINISHED["run_id" if column == "run_id" else "extraction_id"]
        if found := connection.execute(f"SELECT {column} FROM {view} WHERE {column} NOT IN ({finished}) LIMIT 1"):
            yield from (f"{view} shows {column} {number}, which is not whole" for (number,) in found.fetchall())


def _untrue_results(connection: Connection) -> Iterator[str]:
    """Compare the number of rows that each unit of a computation has with the number that the ledger says."""
    tables = [table for table in metadata.sorted_tables if table.schema == "result" and "unit_id" in table.c]
    counted = " UNION ALL ".join(f"SELECT run_id, unit_id FROM {table.fullname}" for table in tables)
    yield from _told(connection, {"a unit has not the rows that the ledger says": _COUNTED.format(counted)})


def _wait_until_alone(connection: Connection) -> None:
    deadline = time.monotonic() + 3
    while connection.execute(_HELD["a connection is left"]).fetchall() and time.monotonic() < deadline:
        time.sleep(0.02)


def _orphans(study: Study, connection: Connection) -> Iterator[str]:
    """Find files of the database that belong to no table, which no server process would ever remove."""
    (oid,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
    known = {str(node) for (node,) in connection.execute(_NODES).fetchall()}
    data = study.server.directory.resolve() / "data"
    for path in (data / "base" / str(oid)).iterdir():
        node = path.name.partition(".")[0].partition("_")[0]
        if node.isdigit() and node not in known and path.stat().st_size:
            yield f"file {path.name} of {path.stat().st_size} bytes belongs to no table"
    yield from (f"temporary file {path}" for path in _temporary(data))


def _temporary(data: Path) -> list[Path]:
    return list((data / "base").glob("pgsql_tmp/*")) + list((data / "base").glob("*/t[0-9]*_*"))


_FINISHED = {
    "run_id": "SELECT run_id FROM ops.run WHERE run_status = 'done'",
    "extraction_id": "SELECT extraction_id FROM model.extraction WHERE extraction_status = 'complete'",
}
_VIEWS = """
SELECT table_schema || '.' || table_name, column_name
FROM information_schema.columns
WHERE
    table_schema IN ('current', 'slice', 'mart') AND (column_name = 'run_id' OR column_name ~ 'extraction_id$')
    AND NOT (table_schema = 'mart' AND table_name IN ('run', 'provenance', 'lease', 'extraction'))
"""
_PIECES = """
SELECT extraction_id, sum(row_count)::bigint AS said
FROM model.extraction
JOIN ops.unit ON unit_key LIKE 'extraction ' || extraction_id || '/%' AND unit_state = 'done'
WHERE extraction_status <> 'retired'
GROUP BY extraction_id
"""
_UNTRUE = {
    "a reader without a unit, or a unit without its reader": """
        SELECT unit_key, subject_label
        FROM (SELECT unit_key FROM ops.unit WHERE unit_key ~ '^L[12]/') AS of_reader
        FULL JOIN human.subject ON unit_key = language_group || '/' || subject_label
        WHERE
            (unit_key IS NULL OR subject_label IS NULL)
            AND NOT EXISTS (SELECT 1 FROM ops.run WHERE job = 'ingest parquet')  -- its units are tables
    """,
    "a complete extraction without its rows": f"""
        SELECT extraction_id, said FROM ({_PIECES}) AS piece JOIN model.extraction USING (extraction_id)
        WHERE
            extraction_status = 'complete'
            AND said <> (SELECT count(*) FROM model.attention WHERE attention.extraction_id = piece.extraction_id)
    """,
}
_COUNTED = """
SELECT job, unit_key, row_count, found
FROM ops.unit
JOIN ops.run USING (run_id)
LEFT JOIN (SELECT run_id, unit_id, count(*) AS found FROM ({}) AS every GROUP BY 1, 2) AS counted
    USING (run_id, unit_id)
WHERE (job LIKE 'compute %%' OR found IS NOT NULL) AND row_count <> COALESCE(found, 0)
"""
_LEFT = _UNTRUE | {
    "a run stands as running, and no process lives": "SELECT run_id, job FROM ops.run WHERE run_status = 'running'",
    "an extraction is left half": "SELECT extraction_id FROM model.extraction WHERE extraction_status = 'loading'",
    "a table of attention belongs to nothing": """
        SELECT relname FROM pg_class
        LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
        WHERE relkind = 'r' AND relname ~ '^attention_[0-9]+$' AND relnamespace = 'model'::regnamespace
            AND (inhrelid IS NULL OR inhdetachpending)
    """,
    "a temporary table is left": """
        SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname ~ '^pg_temp'
    """,
    "an index is not valid": "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid",
    "a lease is left": "SELECT run_id, unit_key FROM ops.lease",
}
_HELD = {
    "a connection is left": """
        SELECT pid, application_name, state, left(query, 60) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    """,
    "a lock is held": "SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory'",
}
_NODES = "SELECT pg_relation_filenode(oid) FROM pg_class WHERE pg_relation_filenode(oid) IS NOT NULL"
