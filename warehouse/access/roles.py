"""Who may enter: logins that are put into the role of readers, writers or owners, and their scratch schemas.

The three roles and what they may do are made by `sql/role/`. Roles belong to the server: who is let in here is let into
every warehouse of the same server.
"""

import re
import secrets
from dataclasses import dataclass

from psycopg import errors as pg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row

from warehouse.access import scratch_schemas
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, DatabaseUnavailable, UnknownName
from warehouse.schema import migrations

ROLES = ("reader", "writer", "owner")
CONNECTIONS = {"reader": 10, "writer": 20, "owner": 20}
STATEMENT_TIMEOUT, IDLE_TIMEOUT = "60s", "5min"
MEANT_OTHERWISE = {"public", "none", "user", "current_user", "current_role", "session_user"}
"""Names that PostgreSQL does not take, or by which it means everyone or whoever asks."""
MADE_HERE = "Made by warehouse access grant."
"""The comment on a login that was made here, and may be dropped here."""


@dataclass(frozen=True)
class Access:
    """Someone who may enter."""

    name: str
    role: str
    scratch: str | None
    connection_limit: int
    sessions: int
    may_log_in: bool


def grant(database: Database, name: str, role: str, *, password: str | None = None, scratch: bool = False) -> str:
    """Let someone in with exactly one of `ROLES`, or change what they may.

    Parameters
    ----------
    database : Database
        Entered as a superuser, or as who made the roles.
    name : str
        The login; it is made where the server has none of that name.
    role : str
        One of `ROLES`.
    password : str or None
        Theirs; by default a new login gets a random one, and one that is there keeps its own.
    scratch : bool
        Make a schema ``scratch_NAME`` that they own; their transactions may write then, and their privileges alone
        protect what is not theirs.

    Returns
    -------
    str
        The address for them, with the password where it was made here.

    Raises
    ------
    BadInput
        The name cannot be used.
    DatabaseUnavailable
        The roles are not there, or whoever asks may not give them.
    """
    _refuse_name(name)
    migrations.check(database)
    with database.connect() as connection:
        require(connection)
        _open_database(connection)
        found = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [name]).fetchone()
        if found and found[0]:
            raise BadInput("is a superuser, whom nothing restrains", f"role {name}", "choose another name")
        made = None if found or password else secrets.token_urlsafe(18)
        who = sql.Identifier(name)
        if not found:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(who))
            connection.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(who, MADE_HERE))
        _equip(connection, name, role, password or made)
        has_scratch = scratch or scratch_schemas.scratch_of(connection, name) is not None
        if scratch:
            scratch_schemas.make(connection, name)
        _settle(connection, name, role, has_scratch)
    facts = {"user": name, "password": made}
    return Database(make_conninfo(Database(database.dsn).without_password(), **facts)).url()


def revoke(database: Database, name: str, *, drop_scratch: bool = False) -> str:
    """Shut someone out at once, ending their sessions; say in one sentence what is left of them.

    Raises
    ------
    UnknownName
        Nobody of that name was let in.
    """
    known = {each.name: each for each in list_people(database)}
    if name not in known:
        raise UnknownName("access", name, list(known))
    who = sql.Identifier(name)
    with database.connect(autocommit=True) as connection:
        made_here = connection.execute(_MADE_HERE, [name, MADE_HERE]).fetchone()
        with connection.transaction():
            for role in ROLES:
                connection.execute(sql.SQL("REVOKE {} FROM {}").format(_group(role), who))
            connection.execute(sql.SQL("ALTER ROLE {} {} NOBYPASSRLS").format(who, _login(not made_here)))
            connection.execute(_FORGET, {"name": name})
            if drop_scratch and known[name].scratch:
                scratch_schemas.drop(connection, name)
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [name])
        if not made_here:
            return f"{name} may do nothing here any more; the login was not made here and stays."
        try:
            connection.execute(sql.SQL("DROP ROLE {}").format(who))
        except pg.DependentObjectsStillExist:
            return (
                f"{name} may not log in any more; what they own is kept"
                f"{f', in {known[name].scratch} too' if known[name].scratch and not drop_scratch else ''}: "
                f"to drop a scratch schema with the login, grant again and revoke with --drop-scratch."
            )
    return f"{name} is gone."


def list_people(database: Database) -> list[Access]:
    """List the database users that were granted access, by name."""
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        return connection.cursor(row_factory=class_row(Access)).execute(_LISTED).fetchall()


def _refuse_name(name: str) -> None:
    taken = name.startswith(("pg_", "warehouse")) or name in MEANT_OTHERWISE
    if taken or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise BadInput(
            "cannot be a login", f"name {name!r}",
            "take small letters, digits and _, at most 40, beginning with a letter, not with pg_ or warehouse, and no "
            "word that PostgreSQL means another role by, such as public",
        )  # fmt: skip


def require(connection: Connection) -> None:
    """Refuse a database whose roles were never made.

    Raises
    ------
    DatabaseUnavailable
        If it has none.
    """
    if not connection.execute("SELECT 1 FROM ops.sql_object WHERE object_kind = 'role' LIMIT 1").fetchone():
        raise DatabaseUnavailable(
            "This database has no roles for readers and writers: run `warehouse db upgrade` once as a superuser, or as "
            "a role with CREATEROLE and BYPASSRLS."
        )


def _open_database(connection: Connection) -> None:
    """Say what each role may do with the database itself; its clones and restored dumps do not have that."""
    name = sql.Identifier(connection.info.dbname)
    for statement in _OF_DATABASE:
        connection.execute(sql.SQL(statement).format(name))


def _equip(connection: Connection, name: str, role: str, password: str | None) -> None:
    """Make the login a member of one role, with its limits; the password leaves here as a SCRAM verifier only.

    Writers and owners see everything: what is computed must not depend on who computes, and COPY refuses tables whose
    row security holds for the role.
    """
    who = sql.Identifier(name)
    for other in ROLES:
        if other != role:
            connection.execute(sql.SQL("REVOKE {} FROM {}").format(_group(other), who))
    connection.execute(sql.SQL("GRANT {} TO {}").format(_group(role), who))
    sees_all = sql.SQL("NOBYPASSRLS" if role == "reader" else "BYPASSRLS")
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN {} CONNECTION LIMIT {}").format(who, sees_all, sql.Literal(CONNECTIONS[role]))
    )
    if password:
        verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(who, verifier))


def _settle(connection: Connection, name: str, role: str, has_scratch: bool) -> None:
    """Set what holds for their sessions in this database: guards against slips, which they may lift themselves."""
    of_database = sql.SQL("ALTER ROLE {} IN DATABASE {}").format(
        sql.Identifier(name), sql.Identifier(connection.info.dbname)
    )
    connection.execute(of_database + sql.SQL(" RESET ALL"))
    if role != "reader":
        return
    path = [f"scratch_{name}", "mart"] if has_scratch else ["mart"]
    settings = {
        "default_transaction_read_only": "off" if has_scratch else "on",
        "statement_timeout": STATEMENT_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
    }
    for setting, value in settings.items():
        connection.execute(of_database + sql.SQL(" SET {} = {}").format(sql.Identifier(setting), value))
    connection.execute(of_database + sql.SQL(" SET search_path = ") + sql.SQL(", ").join(map(sql.Identifier, path)))


def _group(role: str) -> sql.Identifier:
    return sql.Identifier(f"warehouse_{role}")


def _login(keeps: object) -> sql.SQL:
    return sql.SQL("LOGIN" if keeps else "NOLOGIN")


_OF_DATABASE = (
    "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {} TO warehouse_reader, warehouse_writer, warehouse_owner",
    "GRANT TEMPORARY ON DATABASE {} TO warehouse_writer, warehouse_owner",
    "GRANT CREATE ON DATABASE {} TO warehouse_owner",
)
_LISTED = """
SELECT
    login.rolname AS name,
    CASE
        WHEN bool_or(held.rolname = 'warehouse_owner') THEN 'owner'
        WHEN bool_or(held.rolname = 'warehouse_writer') THEN 'writer'
        ELSE 'reader'
    END AS role,
    to_regnamespace('scratch_' || login.rolname)::text AS scratch,
    login.rolconnlimit AS connection_limit,
    (SELECT count(*) FROM pg_stat_activity WHERE usename = login.rolname)::integer AS sessions,
    login.rolcanlogin AS may_log_in
FROM pg_auth_members
JOIN pg_roles AS held ON held.oid = pg_auth_members.roleid
JOIN pg_roles AS login ON login.oid = pg_auth_members.member
WHERE
    held.rolname IN ('warehouse_owner', 'warehouse_writer', 'warehouse_reader')
    AND pg_auth_members.inherit_option
    AND login.rolname NOT IN ('warehouse_owner', 'warehouse_writer', 'warehouse_reader')
    AND NOT login.rolsuper
    AND NOT login.rolcreaterole  -- who lets others in
GROUP BY login.oid, login.rolname, login.rolconnlimit, login.rolcanlogin
ORDER BY login.rolname
"""
_MADE_HERE = """
SELECT 1 FROM pg_roles WHERE rolname = %s AND shobj_description(oid, 'pg_authid') = %s
"""
_FORGET = "UPDATE ops.embargo SET visible_to = array_remove(visible_to, %(name)s) WHERE %(name)s = ANY (visible_to)"
