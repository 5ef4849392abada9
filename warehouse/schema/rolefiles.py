"""Runs `sql/role/`: who may do what. The files run again whenever anything was installed: views made anew lose grants.

Roles belong to the server and see past embargoes, so they are made only by who may make such roles: a superuser, or a
role with CREATEROLE and BYPASSRLS. On a server where nobody may, the warehouse works for its one role, without these.
"""

import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

from warehouse.database.server.roles import SYSTEM_FUNCTIONS
from warehouse.schema.directories import sql_directory

KIND = "role"


def install(connection: Connection, *, anew: bool) -> list[str]:
    """Run the files if they changed, were never run, or `anew`; give the names of those that changed."""
    if not _may(connection):
        return []
    wanted = {f"{KIND}.{path.stem}": _digest(path) for path in _files()}
    stored = _stored(connection)
    if anew or stored != wanted:
        take_down(connection)
        run(connection)
        if connection.execute(_IS_SUPERUSER).scalar():
            connection.exec_driver_sql(SYSTEM_FUNCTIONS, execution_options={"no_parameters": True})
        for name, sha256 in wanted.items():
            connection.execute(_KEEP, {"name": name, "kind": KIND, "sha": sha256})
    return sorted(name for name, sha256 in wanted.items() if stored.get(name) != sha256)


def run(connection: Connection) -> None:
    """Run the files, where roles may be made."""
    if _may(connection):
        for path in _files():
            connection.exec_driver_sql(path.read_text(encoding="utf-8"), execution_options={"no_parameters": True})


def take_down(connection: Connection) -> None:
    """Drop the policies, which stand on a function; tables keep row security on, and so show nothing meanwhile."""
    for table, policy in connection.execute(_POLICIES).fetchall():
        connection.execute(text(f"DROP POLICY {policy} ON {table}"))
    if _has_ledger(connection):
        connection.execute(text("DELETE FROM ops.sql_object WHERE object_kind = :kind"), {"kind": KIND})


def outdated_files(connection: Connection) -> list[str]:
    """Name the files that are not as they were when they were run; none where roles were never made."""
    stored, wanted = _stored(connection), {f"{KIND}.{path.stem}": _digest(path) for path in _files()}
    if not stored:
        return []
    return sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))


def _files() -> list[Path]:
    return sorted((sql_directory() / "role").glob("*.sql"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _may(connection: Connection) -> bool:
    return bool(connection.execute(_MAY).scalar())


def _has_ledger(connection: Connection) -> bool:
    return connection.execute(text("SELECT to_regclass('ops.sql_object')")).scalar() is not None


def _stored(connection: Connection) -> dict[str, str]:
    if not _has_ledger(connection):
        return {}
    found = connection.execute(_KEPT, {"kind": KIND})
    return {str(name): str(sha256) for name, sha256 in found}


_IS_SUPERUSER = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
_MAY = text("""
SELECT
    rolsuper
    OR rolbypassrls AND (
        rolcreaterole
        OR EXISTS (
            SELECT 1 FROM pg_roles AS owner
            WHERE owner.rolname = 'warehouse_owner' AND pg_has_role(current_user, owner.oid, 'USAGE')
        )
    )
FROM pg_roles WHERE rolname = current_user
""")
_POLICIES = text("""
SELECT polrelid::regclass::text, quote_ident(polname)
FROM pg_policy
JOIN pg_class ON pg_class.oid = polrelid
WHERE
    polname IN ('insiders', 'embargo')
    AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
""")
_KEPT = text("SELECT object_name, sha256 FROM ops.sql_object WHERE object_kind = :kind")
_KEEP = text("INSERT INTO ops.sql_object (object_name, object_kind, sha256) VALUES (:name, :kind, :sha)")
