"""Writes COMMENT ON for every schema, table, view, function and column: psql, a BI tool and the docs say the same."""

import hashlib
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import Connection, text

from warehouse.schema.fields import FIELDS
from warehouse.schema.sqlfiles import SCHEMA_COMMENTS
from warehouse.schema.tables import metadata


class Described(Protocol):
    """An installed object: its kind, its name with the schema, and what it says of itself."""

    @property
    def kind(self) -> str:
        """`function` or `view`."""

    @property
    def name(self) -> str:
        """With the schema."""

    @property
    def comment(self) -> str:
        """What it is."""


def install(connection: Connection, objects: Iterable[Described]) -> None:
    """Write all comments, unless they stand as they are; an object made anew has none until then."""
    script = _script(connection, objects)
    digest = hashlib.sha256(script.encode()).hexdigest()
    made = connection.execute(_MADE).scalar()
    if connection.execute(_STANDS, {"digest": digest, "made": made}).scalar():
        return
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})
    connection.execute(_KEEP, {"digest": digest})


def _script(connection: Connection, objects: Iterable[Described]) -> str:
    described = [("SCHEMA", name, comment) for name, comment in SCHEMA_COMMENTS.items()]
    described += [("TABLE", table.fullname, table.comment or "") for table in metadata.sorted_tables]
    described += [(each.kind.upper(), each.name, each.comment) for each in objects]
    described += [("COLUMN", f"{place}.{name}", FIELDS[name].comment) for place, name in _columns(connection)]
    return ";\n".join(f"COMMENT ON {kind} {name} IS {_literal(comment)}" for kind, name, comment in described)


def _columns(connection: Connection) -> list[tuple[str, str]]:
    """Give (relation, column) of every table and view of ours; a partition's columns are its parent's."""
    found = connection.execute(_COLUMNS, {"schemas": list(SCHEMA_COMMENTS)})
    return [(relation, column) for relation, column in found if column in FIELDS]


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_MADE = text("SELECT max(installed_at) FROM ops.sql_object WHERE object_kind IN ('function', 'view')")
_STANDS = text("""
SELECT 1 FROM ops.sql_object
WHERE object_kind = 'comments' AND sha256 = :digest AND (installed_at > :made OR CAST(:made AS timestamptz) IS NULL)
""")
_KEEP = text("""
INSERT INTO ops.sql_object (object_name, object_kind, sha256, installed_at)
VALUES ('comments', 'comments', :digest, clock_timestamp())
ON CONFLICT (object_name) DO UPDATE SET sha256 = excluded.sha256, installed_at = excluded.installed_at
""")
_COLUMNS = text("""
SELECT nspname || '.' || relname, attname
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = ANY (:schemas) AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped AND NOT relispartition
ORDER BY 1, attnum
""")
