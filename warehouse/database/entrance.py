"""What must be so before anything is done in a session: its settings, its encoding, and a server process of its own.

A database, a role or a server may have settings of its own (``ALTER DATABASE ... SET datestyle``). Those that would
change what values mean, or how they are written, are set here for the session.
"""

import psycopg

from warehouse.database.server import OLDEST
from warehouse.database.watched import BriefConnection, WatchedConnection
from warehouse.errors import DatabaseUnavailable

SETTINGS = {
    # values as text and back: psycopg reads no other dates and intervals, checksums and digests compare texts
    "timezone": "UTC", "datestyle": "ISO, YMD", "intervalstyle": "postgres", "bytea_output": "hex",
    "extra_float_digits": "1", "array_nulls": "on", "standard_conforming_strings": "on", "quote_all_identifiers": "off",
    # what a statement means
    "transform_null_equals": "off", "row_security": "on", "search_path": "pg_catalog, pg_temp",
    "default_transaction_isolation": "read committed", "default_transaction_deferrable": "off",
    # large questions are compiled for longer than they run
    "jit": "off",
    # What a machine that vanished leaves behind the server finds within a minute: by asking it, by what it cannot
    # deliver, and, where its system can tell, by looking in the middle of a statement whether anyone is still there.
    "tcp_keepalives_idle": "20", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60s",
}  # fmt: skip
# Names are written out whole: until the path is set, it is what the database's owner or the login has set.
_BEGIN = f"""
SELECT
    pg_catalog.pg_backend_pid(),
    pg_catalog.set_config('default_transaction_read_only', %s, false),
    {", ".join(f"pg_catalog.set_config('{name}', '{value}', false)" for name, value in SETTINGS.items())},
    CASE
        WHEN pg_catalog.version() OPERATOR(pg_catalog.~) 'linux'
            THEN pg_catalog.set_config('client_connection_check_interval', '10s', false)
    END
"""
_PROCESS = "SELECT pg_backend_pid()"
_ATTEMPTS = 3


def begin(connection: WatchedConnection, place: str, *, read_only: bool, any_encoding: bool) -> None:
    """Begin a session, in autocommit.

    Parameters
    ----------
    connection : WatchedConnection
        Just opened.
    place : str
        Host, port and database, for messages.
    read_only : bool
        Writing is refused by the server.
    any_encoding : bool
        Nothing of the warehouse is to be read or written here.

    Raises
    ------
    DatabaseUnavailable
        The server is older than 16, the database is not in UTF-8, or a pooler gives each transaction another session.
    """
    if (version := connection.info.server_version // 10_000) < OLDEST:
        raise DatabaseUnavailable(
            f"PostgreSQL at {place} is version {version}, and {OLDEST} or newer is needed: give "
            "the address of a newer server, or none for the embedded one."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8" and not any_encoding:
        raise DatabaseUnavailable(
            f"The database {place} is encoded in {encoding}, and texts of any script need UTF8: give another database, "
            "made with `createdb --encoding=UTF8 --template=template0 NAME`."
        )
    (connection.session, *_) = connection.execute(_BEGIN, ["on" if read_only else "off"]).fetchone() or (None,)
    if connection.session != connection.info.backend_pid and _loses_its_session(connection):
        raise DatabaseUnavailable(
            f"A pooler at {place} gives each transaction another session (pool_mode is transaction or statement), and "
            "locks and settings are needed that last for a session: give the server's own address, or let the pooler "
            "keep sessions (pool_mode = session)."
        )


def _loses_its_session(connection: WatchedConnection) -> bool:
    """Say whether a pooler that lies between hands this connection's session to others between two transactions.

    It is there, since the process that it told is not that of the server. Another connection that asks meanwhile gets
    the same session, or takes it, so that this one has another afterwards; where sessions are kept, neither happens.
    """
    try:
        for _ in range(_ATTEMPTS):
            with BriefConnection.connect("", **{**connection.address, "connect_timeout": 5}) as other:
                if other.execute(_PROCESS).fetchone() == (connection.session,):
                    return True
                if connection.execute(_PROCESS).fetchone() != (connection.session,):
                    return True
    except psycopg.errors.Error as error:
        return "statement pooling" in str(error)  # BEGIN is refused; else no second session is to be had
    return False
