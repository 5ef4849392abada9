"""A way in with the rights of one role and no others, whoever opens it.

`SET ROLE` is no such way: whatever runs in the session may take it back, and has the rights of the login again. Here
the login itself has no rights but those of the role, for the time of a block.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import errors as pg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from warehouse.database.connection import Database
from warehouse.errors import DatabaseUnavailable

PREFIX = "warehouse_for_"
LONGEST = timedelta(days=2)
"""After which the password of a login that a killed process left is worth nothing, and the next call drops it."""


@contextmanager
def temporary_login(database: Database, role: str) -> Iterator[Database]:
    """Enter as a new login that may do what a role may, and nothing else; what it makes belongs to the role.

    Parameters
    ----------
    database : Database
        Entered as a role that may make logins, and give them the role.
    role : str
        Whose rights.

    Raises
    ------
    DatabaseUnavailable
        Whoever asks may not do that.
    """
    name, password = PREFIX + secrets.token_hex(8), secrets.token_urlsafe(24)
    with database.connect(autocommit=True) as connection:
        _drop_left_over(connection)
        _make(connection, name, password, role)
        try:
            options = f"{conninfo_to_dict(database.dsn).get('options') or ''} -c role={role}".strip()
            address = make_conninfo(database.dsn, user=name, password=password, options=options)
            yield Database(address, database.named_in)
        finally:
            _drop(connection, name)


def _make(connection: psycopg.Connection, name: str, password: str, role: str) -> None:
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    ends = (datetime.now(UTC) + LONGEST).isoformat()
    try:
        with connection.transaction():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} VALID UNTIL {}").format(sql.Identifier(name), verifier, ends)
            )
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(name)))
    except pg.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"{connection.info.user} may not act for {role} ({error.diag.message_primary}): give the command as the "
            "login that made it, or as a superuser."
        ) from error


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a login; what its sessions made outside of the role keeps it, without a way in."""
    with suppress(psycopg.OperationalError):
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(name)))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [name])
        with suppress(pg.DependentObjectsStillExist):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def _drop_left_over(connection: psycopg.Connection) -> None:
    for (name,) in connection.execute(_LEFT_OVER, [f"^{PREFIX}[0-9a-f]{{16}}$"]).fetchall():
        _drop(connection, name)


_LEFT_OVER = """
SELECT rolname FROM pg_roles
WHERE rolname ~ %s AND rolvaliduntil < now() AND pg_has_role(rolname, 'MEMBER WITH ADMIN OPTION')
"""
