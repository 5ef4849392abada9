"""Installs `sql/`: an object is replaced when its file's SHA-256 changes, with all of ours that stands on it."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from warehouse.errors import SchemaMismatch, ViewInUse
from warehouse.schema import comments, rolefiles
from warehouse.schema.sqlfiles import SQL_SCHEMAS, SqlFile, sql_files


def install(connection: Connection) -> list[str]:
    """Bring the installed objects and all comments to what the files say; give the names of what changed."""
    files = {file.name: file for file in sql_files()}
    stored = _stored(connection)
    wanted = {name: file.sha256 for name, file in files.items()}
    changed = {name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name)}
    if changed:
        take_down(connection, _with_dependants(connection, changed & stored.keys()))
        remaining = _stored(connection)
        _put_up(connection, [file for name, file in files.items() if name not in remaining])
    # They lock each table, and so come first: autovacuum would wait for what was granted, and they for autovacuum.
    comments.install(connection, files.values())
    roles = rolefiles.install(connection, anew=bool(changed))
    return sorted(changed) + roles


def check(connection: Connection) -> None:
    """Refuse a database whose views and functions are not those of the files.

    Raises
    ------
    SchemaMismatch
        If one is missing, left over, or made from another text.
    """
    stored, wanted = _stored(connection), {file.name: file.sha256 for file in sql_files()}
    different = sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))
    different += rolefiles.outdated_files(connection)
    if different:
        raise SchemaMismatch(f"Not as in this program: {', '.join(different)}: run `warehouse db upgrade`.")


def take_down(connection: Connection, names: Iterable[str] | None = None) -> None:
    """Drop installed objects, all of them by default, each after those that stand on it.

    Raises
    ------
    ViewInUse
        If a view that is not ours stands on one of them; nothing is dropped by force.
    """
    stored = _stored(connection)
    ours = set(stored if names is None else names)
    for theirs, on, owner in _dependants(connection, ours):
        if theirs not in stored:
            raise ViewInUse(theirs, owner, on)
        ours.add(theirs)
    if not ours:
        return
    rolefiles.take_down(connection)
    functions = {name for name in ours if name.startswith("fn.")}
    for kind, dropped in (("VIEW", ours - functions), ("FUNCTION", functions)):
        if dropped:  # by one statement, which finds out itself what stands on what
            connection.execute(text(f"DROP {kind} IF EXISTS {', '.join(sorted(dropped))}"))
    connection.execute(text("DELETE FROM ops.sql_object WHERE object_name = ANY (:names)"), {"names": sorted(ours)})


def _stored(connection: Connection) -> dict[str, str]:
    if not connection.execute(text("SELECT to_regclass('ops.sql_object')")).scalar():
        return {}
    question = "SELECT object_name, sha256 FROM ops.sql_object WHERE object_kind IN ('function', 'view')"
    found = connection.execute(text(question))
    return {str(name): str(sha256) for name, sha256 in found}


def _put_up(connection: Connection, files: Iterable[SqlFile]) -> None:
    for schema in SQL_SCHEMAS:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    rows = []
    for file in files:
        # a view asks as whoever reads it, so that row security holds through it
        asking = f"\n;\nALTER VIEW {file.name} SET (security_invoker = true)" if file.kind == "view" else ""
        connection.exec_driver_sql(file.text + asking, execution_options={"no_parameters": True})
        rows.append({"name": file.name, "kind": file.kind, "sha": file.sha256})
    if rows:
        connection.execute(_KEEP, rows)


def _with_dependants(connection: Connection, names: set[str]) -> set[str]:
    """Add the views of ours that stand on `names`."""
    ours = _stored(connection)
    while True:
        more = {view for view, *_ in _dependants(connection, sorted(names)) if view in ours} - names
        if not more:
            return names
        names = names | more


def _dependants(connection: Connection, names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Give (view, object, the view's owner) for each view that stands on one of the named objects."""
    return [(view, on, owner) for view, on, owner in connection.execute(_DEPENDANTS, {"names": list(names)})]


_KEEP = text("INSERT INTO ops.sql_object (object_name, object_kind, sha256) VALUES (:name, :kind, :sha)")
_DEPENDANTS = text("""
SELECT DISTINCT
    viewer_schema.nspname || '.' || viewer.relname,
    object_schema.nspname || '.' || COALESCE(viewed.relname, called.proname),
    pg_get_userbyid(viewer.relowner)
FROM pg_depend
JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid
JOIN pg_class AS viewer ON viewer.oid = pg_rewrite.ev_class
JOIN pg_namespace AS viewer_schema ON viewer_schema.oid = viewer.relnamespace
LEFT JOIN pg_class AS viewed ON pg_depend.refclassid = 'pg_class'::regclass AND viewed.oid = pg_depend.refobjid
LEFT JOIN pg_proc AS called ON pg_depend.refclassid = 'pg_proc'::regclass AND called.oid = pg_depend.refobjid
JOIN pg_namespace AS object_schema ON object_schema.oid = COALESCE(viewed.relnamespace, called.pronamespace)
WHERE object_schema.nspname || '.' || COALESCE(viewed.relname, called.proname) = ANY (:names)
    AND viewer.oid IS DISTINCT FROM viewed.oid
""")
