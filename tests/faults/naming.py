"""Every table's rows by natural key: surrogate ids become names, times and processes are left out.

Two databases with the same rows in this sense hold the same, whatever befell them on the way.
"""

from collections import Counter
from collections.abc import Iterator

from warehouse.database.types import Connection
from warehouse.declarations import TIMESTAMP, Column, Table
from warehouse.schema.natural_keys import identity, natural_key
from warehouse.schema.tables import metadata

OF_THE_ATTEMPT = {
    "attempt", "environment", "host", "process_id", "started_by", "worker", "input_fingerprint", "unit_count",
}  # fmt: skip
"""Columns that say who did it and how: they differ where a command was given twice."""
NAMED_BY = {
    "ops.run": ["job", "parameters"],
    "ops.unit": ["run_id", "unit_key"],
    "ops.rejection": ["run_id", "unit_key", "place", "reason"],
    "model.extraction": ["language_model_id", "condition_id", "corpus_id", "method", "digest"],
}
"""What names a row where the constraints do not say it, without the moment."""
TOLD = {"unit_key", "input_name", "about", "entity_id"}
"""Columns of text that may hold ids: `extraction 4/layer 0`."""
AT_WORK = {"ops.worker"}
"""Tables that say who works now: what was killed is taken off by the next who works."""
DISTINCT = {"ops.run"}
"""Tables in which a row may stand twice: a command that had ended already before it was killed is run again."""


def digests(connection: Connection) -> dict[str, str]:
    """Give the digest of every table's rows."""
    _name_everything(connection)
    found = {}
    for table in metadata.sorted_tables:
        if table.fullname in AT_WORK:
            continue
        question = f"SELECT {_SUMMED.format('row')} FROM ({_rows(table, 'hash')}) AS named"
        found[table.fullname] = "-".join(map(str, connection.execute(question).fetchone() or ()))
    connection.rollback()
    return found


def rows(connection: Connection, name: str) -> Counter[str]:
    """Give a table's rows, and how often each is there."""
    _name_everything(connection)
    found = connection.execute(f"SELECT row::text FROM ({_rows(metadata.tables[name], 'name')}) AS named").fetchall()
    connection.rollback()
    return Counter(row for (row,) in found)


def owned(connection: Connection) -> dict[tuple[str, str], str]:
    """Give the digest of the rows of each unit, reader and extraction that can be seen, by table and owner."""
    _name_everything(connection)
    found: dict[tuple[str, str], str] = {}
    for table in metadata.sorted_tables:
        owner = next((name for name in ("unit_id", "extraction_id", "subject_id") if name in table.c), None)
        if owner and identity(table) is None:
            for key, digest in connection.execute(_owned(table, owner)).fetchall():
                found[table.fullname, key] = digest
    connection.rollback()
    return found


def _rows(table: Table, by: str) -> str:
    """Write the question for a table's rows, as one column `row`; ids become names, or the names' hashes."""
    columns = [column for column in table.c if not _is_of_the_attempt(column) and column.name != identity(table)]
    values = ", ".join(_named(column, table, by) for column in columns) or "1"
    distinct = "DISTINCT " if table.fullname in DISTINCT else ""
    return f"SELECT {distinct}ROW({values}) AS row FROM {table.fullname} AS kept {_joins(columns)}"


def _owned(table: Table, owner: str) -> str:
    columns = [column for column in table.c if not _is_of_the_attempt(column)]
    values = ", ".join(_named(column, table, "hash") for column in columns)
    return (
        f"SELECT of_{owner}.name, ROW({_SUMMED.format(f'ROW({values})')})::text "
        f"FROM {table.fullname} AS kept {_joins(columns)} WHERE {_seen(table)} GROUP BY 1"
    )


def _seen(table: Table) -> str:
    """Say which rows a reader sees: of runs that are done, and of extractions that are complete."""
    if "run_id" in table.c and table.schema == "result":
        return "kept.run_id IN (SELECT run_id FROM ops.run WHERE run_status = 'done')"
    if "extraction_id" in table.c and table.schema == "model":
        complete = "SELECT extraction_id FROM model.extraction WHERE extraction_status = 'complete'"
        return f"kept.extraction_id IN ({complete})"
    return "true"


def _is_of_the_attempt(column: Column) -> bool:
    return column.name in OF_THE_ATTEMPT or isinstance(column.type, TIMESTAMP)


HOMES = {identity(table): table for table in metadata.sorted_tables if identity(table)}
"""The table in which each surrogate id is given."""


def _home(column: Column) -> str | None:
    """Name the surrogate id that a column holds, by its foreign key or, in attention, by its name."""
    for key in column.foreign_keys:
        if key.column.name in HOMES and key.column.name != "run_id":
            return key.column.name
    return column.name if column.name in HOMES else None


def _joins(columns: list[Column]) -> str:
    homes = [(column.name, home) for column in columns if (home := _home(column))]
    return " ".join(
        f"LEFT JOIN pg_temp.named_{home} AS of_{name} ON of_{name}.id = kept.{name}" for name, home in homes
    )


def _named(column: Column, table: Table, by: str = "name") -> str:
    if _home(column) and column.name != identity(table):
        return f"of_{column.name}.{by}"
    if column.name == "entity_id":
        return "pg_temp.told(kept.entity || ' ' || kept.entity_id)"
    if column.name == "about":
        return "(SELECT string_agg(pg_temp.told(each), ',' ORDER BY pg_temp.told(each)) FROM unnest(kept.about) each)"
    return f"pg_temp.told(kept.{column.name})" if column.name in TOLD else f"kept.{column.name}"


def _name_everything(connection: Connection) -> None:
    """Give every surrogate id its name, in temporary tables that go with the transaction."""
    for statement in _statements():
        connection.execute(statement)


def _statements() -> Iterator[str]:
    last = []
    for table in metadata.sorted_tables:
        if not (key := identity(table)):
            continue
        columns = [table.c[name] for name in NAMED_BY.get(table.fullname) or natural_key(table)]
        values = ", ".join(_named(column, table) for column in columns)
        make = (
            f"CREATE TEMPORARY TABLE named_{key} ON COMMIT DROP AS "
            "SELECT id, name, hashtextextended(name, 0) AS hash FROM ("
            f"SELECT kept.{key} AS id, ROW({values})::text AS name "
            f"FROM {table.fullname} AS kept {_joins(columns)}) AS told"
        )
        if "told" in values:
            last.append(make)
        else:
            yield make
    yield _TELLING
    yield from last


_SUMMED = "count(*), sum(hashtextextended(hash_record_extended({}, 0)::text, 0))"
"""The number of rows, and the sum of their hashes: no order is needed."""
_KINDS = ("corpus", "extraction", "region", "sentence", "subject")
_CASES = " ".join(f"WHEN '{k}' THEN (SELECT name FROM pg_temp.named_{k}_id WHERE id = number)" for k in _KINDS)
_TELLING = f"""
CREATE FUNCTION pg_temp.told(said text) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT COALESCE(CASE kind {_CASES} END || substring(said FROM '^[a-z]+ [0-9]+(.*)$'), said)
    FROM (
        SELECT
            substring(said FROM '^([a-z]+) [0-9]') AS kind,
            substring(said FROM '^[a-z]+ ([0-9]+)')::integer AS number
    ) AS held
$$
"""
