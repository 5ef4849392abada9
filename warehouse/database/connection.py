"""The way to a database: the embedded server's, or any PostgreSQL of the user's.

An address is taken from the first of these that is there: what is given outright, ``DATABASE_URL``, libpq's ``PG*``
variables, the embedded server.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from warehouse.database import entrance
from warehouse.database.server import DATABASE, EmbeddedServer
from warehouse.database.watched import TCP, Session, WatchedConnection
from warehouse.errors import BadInput, DatabaseUnavailable, OutOfSpace, WarehouseError

if TYPE_CHECKING:
    import sqlalchemy

CONNECT_SECONDS, RECOVERY_SECONDS, CRASH_SECONDS = 10, 60, 5
PASSING = "the database system is (starting up|in recovery mode|not yet accepting connections|shutting down)"
_ADDRESS = {"application_name": "attention-warehouse", "connect_timeout": CONNECT_SECONDS, **TCP}
CUT_SHORT = "server closed the connection unexpectedly|terminating connection because of crash"
"""What is said to who comes in just as the server takes all its processes down, one of which has crashed."""
DECIDING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE")
"""The variables of libpq that name a server or a database; the others only say how to enter one."""
SCHEMES = ("postgresql+psycopg://", "postgresql://", "postgres://")


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database by its address, entered anew by each `connect`.

    Attributes
    ----------
    dsn : str
        A libpq URL or a ``key=value`` string; it may hold a password and is never part of a message.
    named_in : str
        Where the user gave it, for messages.
    superuser : str or None
        The address for what no other role may do to the database, where the warehouse runs the server itself.
    """

    dsn: str = field(repr=False)
    named_in: str = field(default="the address", compare=False)
    superuser: str | None = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The database's name as the address has it; libpq takes the user's where it has none."""
        facts = self._facts()
        return facts.get("dbname") or facts.get("user") or ""

    @property
    def place(self) -> str:
        """Host, port and database for messages, without the password."""
        facts = self._facts()
        if "service" in facts:
            return f"service {facts['service']}"
        host = facts.get("host") or facts.get("hostaddr") or "localhost"
        return f"{host}:{facts.get('port') or 5432}/{self.name}"

    def without_password(self) -> str:
        """Give the address without its password, as a ``key=value`` string for libpq programs."""
        return make_conninfo(**{key: value for key, value in self._facts().items() if key != "password"})

    def beside(self, name: str) -> "Database":
        """Give another database of the same server, entered by the same roles."""
        superuser = make_conninfo(self.superuser, dbname=name) if self.superuser else None
        return Database(make_conninfo(self.dsn, dbname=name), self.named_in, superuser)

    def password(self) -> str | None:
        """Give the password that the address holds, if any."""
        return self._facts().get("password")

    def url(self) -> str:
        """Give the address as one URL for any SQL client, password included where the address has it."""
        facts = self._facts()
        user, password = quote(facts.pop("user", ""), safe=""), quote(facts.pop("password", ""), safe="")
        host, port, name = facts.pop("host", ""), facts.pop("port", ""), facts.pop("dbname", "")
        who = f"{user}:{password}@" if password else f"{user}@" if user else ""
        where = (quote(host, safe="") if host.startswith("/") else host) + (f":{port}" if port else "")
        rest = "&".join(f"{key}={quote(value, safe='')}" for key, value in facts.items())
        return f"postgresql://{who}{where}/{quote(name, safe='')}" + (f"?{rest}" if rest else "")

    def connect(
        self, *, autocommit: bool = False, read_only: bool = False, any_encoding: bool = False
    ) -> psycopg.Connection:
        """Open a connection whose session is as `entrance.SETTINGS` has it, after at most 10 s of waiting.

        Parameters
        ----------
        autocommit : bool
            Each statement is its own transaction.
        read_only : bool
            Writing is refused by the server.
        any_encoding : bool
            The database need not be in UTF-8: only the server is administered from it.

        Raises
        ------
        DatabaseUnavailable
            No answer, no entrance, no such database, or one that no warehouse can be in (`entrance.begin`).
        OutOfSpace
            The server's disk is so full that nobody gets in.
        """
        connection = self._entered()
        try:
            entrance.begin(connection, self.place, read_only=read_only, any_encoding=any_encoding)
        except BaseException:
            connection.close()
            raise
        connection.autocommit = autocommit
        return connection

    def _entered(self) -> WatchedConnection:
        """Connect; a server that starts, or recovers since one of its processes crashed, is waited for."""
        chosen = {**_ADDRESS, **self._facts(), "client_encoding": "UTF8"}
        begun = time.monotonic()
        while True:
            try:
                return WatchedConnection.enter(chosen)
            except psycopg.Error as error:
                if time.monotonic() - begun > _patience(str(error)):
                    raise self._refused(str(error)) from None
            time.sleep(0.1)

    def session_named(self, name: str) -> Session:
        """Give the address of a session that another program begins, in libpq's terms, and how the server knows it."""
        return Session({**_ADDRESS, **self._facts(), "application_name": name}, "application_name", name)

    def engine(self) -> "sqlalchemy.Engine":
        """Give SQLAlchemy's way in; it keeps no connection open, so that a database can be cloned and dropped."""
        import sqlalchemy

        return sqlalchemy.create_engine(
            "postgresql+psycopg://", creator=self.connect, poolclass=sqlalchemy.pool.NullPool
        )

    def _facts(self) -> dict[str, str]:
        return {key: str(value) for key, value in conninfo_to_dict(self.dsn).items() if value}

    def _refused(self, said: str) -> WarehouseError:
        if "No space left on device" in said:  # to enter a database for the first time, the server writes a file
            return OutOfSpace("connecting")
        return DatabaseUnavailable(self._why_not(said))

    def _why_not(self, said: str) -> str:
        facts = self._facts()
        user, host, port = facts.get("user", "you"), facts.get("host", "localhost"), facts.get("port", "5432")
        if re.search("password authentication failed|no password supplied", said):
            return f"PostgreSQL at {self.place} refuses the password of {user}: correct it in {self.named_in}."
        if re.search(r'database ".*" does not exist', said):
            return (
                f"PostgreSQL at {host}:{port} has no database {self.name}: create it with "
                f"`createdb -h {host} -p {port} -U {user} {self.name}`."
            )
        reason = (
            (said.splitlines() or ["no reason is told"])[0]
            .removeprefix("connection failed: ")
            .removeprefix("connection is bad: ")
        )
        if "FATAL" in said:
            reason = said.partition("FATAL:")[2].splitlines()[0].strip()
            remedy = "give the command again later" if re.search(PASSING, said) else f"correct {self.named_in}"
            return f"PostgreSQL at {self.place} does not let {user} in ({reason}): {remedy}."
        return f"No PostgreSQL server answers at {self.place} ({reason}): start it, or correct {self.named_in}."


def _patience(said: str) -> float:
    """How long to try again after what a server said [s]."""
    return RECOVERY_SECONDS if re.search(PASSING, said) else CRASH_SECONDS if re.search(CUT_SHORT, said) else 0


def own_database(dsn: str | None, environment: Mapping[str, str]) -> Database | None:
    """Give the database that the user names; None where that is left to the embedded server.

    Raises
    ------
    BadInput
        The address is not one of PostgreSQL's, or cannot be read.
    """
    if dsn:
        return Database(_readable(dsn, "--dsn"), "--dsn")
    if url := environment.get("DATABASE_URL"):
        return Database(_readable(url, "DATABASE_URL"), "DATABASE_URL")
    named = [name for name in DECIDING if environment.get(name)]
    if not named:
        return None
    options = {option.keyword.decode(): (option.envvar or b"").decode() for option in Conninfo.get_defaults()}
    facts = {keyword: environment[name] for keyword, name in options.items() if environment.get(name)}
    return Database(_readable(make_conninfo(**facts), named[0]), named[0])


def open_database(dsn: str | None, environment: Mapping[str, str]) -> Database:
    """Give the database to work on; the embedded server is started where the user names none.

    Parameters
    ----------
    dsn : str or None
        An address given outright: ``postgresql://...`` or ``key=value ...``.
    environment : mapping of str to str
        ``DATABASE_URL``, libpq's ``PG*``, and what chooses the embedded server's place and programs.

    Raises
    ------
    BadInput
        The address cannot be read.
    DatabaseUnavailable
        The embedded server cannot be started. A server of the user's is not asked before `Database.connect`.
    """
    if own := own_database(dsn, environment):
        return own
    server = EmbeddedServer.default(environment)
    server.ensure_running()
    return embedded_database(server)


def embedded_database(server: EmbeddedServer, name: str = DATABASE) -> Database:
    """Give a database of an embedded server."""
    return Database(server.dsn(name), "the embedded server's directory", server.superuser_dsn(name))


def _readable(address: str, where: str) -> str:
    """Check that libpq can read an address, and write it libpq's way; what it holds is never told."""
    scheme = re.match(r"([\w+.-]+://)", address)
    if scheme and scheme[1] not in SCHEMES:
        raise BadInput(
            f"{scheme[1]} is not an address of PostgreSQL", where, "give postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        )
    libpq = address.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        facts = conninfo_to_dict(libpq)
    except (psycopg.ProgrammingError, UnicodeEncodeError):
        facts = None
    if facts is None or "\0" in address:
        raise BadInput(
            "cannot be read as an address", where, "give postgresql://USER:PASSWORD@HOST:PORT/DATABASE or key=value"
        )
    path = libpq.partition("://")[2].partition("/")[2].partition("?")[0]  # after the password, so far as it is written
    if "@" in path or "@" in str(facts.get("host", "")) or not re.fullmatch(r"[\d,]*", str(facts.get("port", ""))):
        raise BadInput("has no readable host and port", where, "write @ / : ? # of the password as %40 %2F %3A %3F %23")
    return libpq
