"""The ways to a database, and what is said where one is barred."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import sqlalchemy
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from warehouse.database.connection import Database, open_database, own_database
from warehouse.database.server import EmbeddedServer
from warehouse.database.server.processes import server_account
from warehouse.database.translation import translate_errors
from warehouse.errors import BadInput, DatabaseUnavailable, OutOfSpace, WarehouseError

PG_15 = Path("/usr/lib/postgresql/15/bin")


def answer(database: Database, query: str = "SELECT current_database()") -> object:
    with database.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def as_variables(dsn: str) -> dict[str, str]:
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {names[key]: str(value) for key, value in conninfo_to_dict(dsn).items()}


@pytest.mark.parametrize(
    "rewritten",
    [
        pytest.param(lambda dsn: dsn, id="postgresql://"),
        pytest.param(lambda dsn: dsn.replace("postgresql:", "postgres:"), id="postgres://"),
        pytest.param(lambda dsn: dsn.replace("postgresql:", "postgresql+psycopg:"), id="postgresql+psycopg://"),
        pytest.param(make_conninfo, id="key=value"),
        pytest.param(lambda dsn: make_conninfo(dsn, options="-c work_mem=1MB"), id="with options"),
    ],
)
def test_an_address_may_be_written_in_any_usual_form(cluster: EmbeddedServer, rewritten):
    address = rewritten(cluster.dsn())
    assert answer(open_database(address, {})) == "warehouse"
    assert answer(open_database(None, {"DATABASE_URL": address})) == "warehouse"


def test_the_libpq_variables_name_a_database(cluster: EmbeddedServer):
    database = open_database(None, as_variables(cluster.dsn()))
    assert answer(database) == database.name == "warehouse"


def test_a_libpq_service_names_a_database(cluster: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    services = tmp_path / "services.conf"
    facts = conninfo_to_dict(cluster.dsn())
    services.write_text("\n".join(["[readers]", *(f"{key}={value}" for key, value in facts.items())]))
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    assert answer(open_database(None, {"PGSERVICE": "readers"})) == "warehouse"


def test_what_is_given_outright_comes_first_then_the_url_then_the_variables():
    environment = {"DATABASE_URL": "postgresql://host/from_url", "PGDATABASE": "from_variable"}
    named = [
        own_database("postgresql://host/outright", environment),
        own_database(None, environment),
        own_database(None, {"PGDATABASE": "from_variable"}),
        own_database(None, {"PGUSER": "someone", "PGPASSWORD": "secret"}),
    ]
    assert [database and (database.name, database.named_in) for database in named] == [
        ("outright", "--dsn"),
        ("from_url", "DATABASE_URL"),
        ("from_variable", "PGDATABASE"),
        None,
    ]


def test_without_an_address_the_embedded_server_is_used(cluster: EmbeddedServer):
    database = open_database(None, {"WAREHOUSE_HOME": str(cluster.directory)})
    assert database.dsn == cluster.dsn()


def test_a_connection_is_in_utc_and_compiles_nothing(cluster: EmbeddedServer):
    database = Database(cluster.dsn())
    settings = ("TimeZone", "jit", "application_name", "default_transaction_read_only")
    assert [answer(database, f"SHOW {name}") for name in settings] == ["UTC", "off", "attention-warehouse", "off"]


@pytest.mark.parametrize("autocommit", [False, True])
def test_a_read_only_connection_writes_nothing(cluster: EmbeddedServer, autocommit: bool):
    with (
        Database(cluster.dsn()).connect(read_only=True, autocommit=autocommit) as connection,
        pytest.raises(DatabaseUnavailable, match="does not allow"),
        translate_errors(),
    ):
        connection.execute("CREATE TABLE written ()")


def test_an_engine_keeps_no_connection_open(new_database: Database):
    engine = new_database.engine()
    with engine.begin() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT current_database()")) == new_database.name
    elsewhere = Database(new_database.dsn.replace(new_database.name, "postgres"))
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{new_database.name}'"
    assert answer(elsewhere, query) == 0


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://some%20one:p%40ss%2Fword@127.0.0.1:5433/my%20data?sslmode=disable",
        "host=127.0.0.1 port=5433 user='some one' password=p@ss/word dbname='my data' sslmode=disable",
        "host=/var/run/postgresql dbname=local",
        "service=readers",
    ],
)
def test_an_address_means_the_same_as_a_url(dsn: str):
    assert conninfo_to_dict(Database(dsn).url()) == conninfo_to_dict(dsn)


def test_an_address_for_a_programs_arguments_holds_no_password():
    database = Database("postgresql://reader:hush@127.0.0.1:5433/study")
    assert conninfo_to_dict(database.without_password()) == {
        "user": "reader", "host": "127.0.0.1", "port": "5433", "dbname": "study"
    }  # fmt: skip
    assert (database.password(), database.place) == ("hush", "127.0.0.1:5433/study")


class TestBarredWays:
    def said(self, database: Database) -> str:
        with pytest.raises(DatabaseUnavailable) as raised:
            database.connect()
        assert raised.value.exit_code == 4
        assert (database.password() or "hush") not in str(raised.value)
        return str(raised.value)

    def test_a_wrong_password_is_refused_and_called_so(self, cluster: EmbeddedServer):
        wrong = make_conninfo(cluster.dsn(), password="hush")
        said = self.said(open_database(None, {"DATABASE_URL": wrong}))
        assert said.endswith("refuses the password of warehouse: correct it in DATABASE_URL.")

    def test_no_password_is_refused_alike(self, cluster: EmbeddedServer):
        database = open_database(make_conninfo(cluster.dsn(), password="", passfile="/nowhere"), {})
        assert self.said(database).endswith("refuses the password of warehouse: correct it in --dsn.")

    def test_a_database_that_is_not_there_can_be_created(self, cluster: EmbeddedServer):
        port = cluster.status().port
        said = self.said(Database(cluster.dsn("missing")))
        assert said.endswith(f"create it with `createdb -h 127.0.0.1 -p {port} -U warehouse missing`.")

    def test_a_server_that_does_not_answer_is_told(self):
        said = self.said(open_database("postgresql://reader:hush@127.0.0.1:1/study", {}))
        assert said.startswith("No PostgreSQL server answers at 127.0.0.1:1/study (")
        assert said.endswith("Connection refused): start it, or correct --dsn.")

    def test_a_database_closed_to_connections_is_told(self, cluster: EmbeddedServer, template: str):
        said = self.said(Database(cluster.dsn(template)))
        assert "does not let warehouse in" in said
        assert "not currently accepting connections" in said

    @pytest.mark.skipif(not PG_15.is_dir(), reason="needs a PostgreSQL older than 16 on this machine")
    def test_a_server_that_is_too_old_is_refused(self):
        with a_server(PG_15) as dsn:
            assert "is version 15, and 16 or newer is needed" in self.said(Database(dsn))


@contextmanager
def a_server(binaries: Path) -> Iterator[str]:
    """Run the programs of a release on their own: what the embedded server sets up needs a newer one."""
    account = server_account()
    as_server = {"user": account.uid, "group": account.gid, "check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="aw") as made, socket.socket() as free:
        os.chown(made, account.uid, account.gid)
        data = f"{made}/data"
        subprocess.run([binaries / "initdb", "-D", data, "-U", "old", "-A", "trust"], **as_server)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        control = [binaries / "pg_ctl", "-D", data, "-w"]
        subprocess.run([*control, "-l", f"{made}/log", "-o", f"-p {port} -h 127.0.0.1 -k ''", "start"], **as_server)
        try:
            yield f"postgresql://old@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **as_server)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("mysql://u:hush@h/db", "mysql:// is not an address of PostgreSQL"),
        ("postgresql+asyncpg://u:hush@h/db", r"postgresql\+asyncpg:// is not an address of PostgreSQL"),
        ("my database hush", "cannot be read as an address"),
        ("postgresql://u:hu@hush@h/db", r"has no readable host and port; write @ / : \? #"),
        ("postgresql://u:hush/hush@h/db", "has no readable host and port"),
        ("host=h port=hush", "has no readable host and port"),
    ],
)
def test_an_unreadable_address_is_refused_without_being_repeated(address: str, message: str):
    with pytest.raises(BadInput, match=message) as raised:
        open_database(address, {})
    assert "hush" not in str(raised.value)


class TestTranslated:
    @pytest.mark.parametrize(
        ("statement", "expected", "message"),
        [
            ("RAISE disk_full", OutOfSpace, "The database's disk is full while ingesting x"),
            (
                "RAISE insufficient_privilege",
                DatabaseUnavailable,
                "does not allow this role to do what ingesting x needs",
            ),
            ("RAISE admin_shutdown", DatabaseUnavailable, "connection to the database was lost while ingesting x"),
            ("RAISE unique_violation", psycopg.errors.UniqueViolation, "unique_violation"),
            ("RAISE query_canceled", psycopg.errors.QueryCanceled, "query_canceled"),
        ],
    )
    def test_what_the_user_can_help_becomes_a_sentence(
        self, cluster: EmbeddedServer, statement: str, expected: type[Exception], message: str
    ):
        with (
            Database(cluster.dsn()).connect() as connection,
            pytest.raises(expected, match=message),
            translate_errors("ingesting x"),
        ):
            connection.execute(f"DO $$ BEGIN {statement}; END $$")

    def test_a_lost_connection_is_told(self, cluster: EmbeddedServer):
        database = Database(cluster.dsn())
        with database.connect(autocommit=True) as lost, database.connect(autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [lost.info.backend_pid])
            with pytest.raises(DatabaseUnavailable, match="connection to the database was lost"), translate_errors():
                lost.execute("SELECT 1")

    def test_an_error_through_sqlalchemy_is_translated_too(self, cluster: EmbeddedServer):
        with Database(cluster.dsn()).engine().connect() as connection, pytest.raises(OutOfSpace), translate_errors():
            connection.execute(sqlalchemy.text("DO $$ BEGIN RAISE disk_full; END $$"))

    def test_other_errors_of_the_warehouse_pass(self):
        with pytest.raises(WarehouseError, match="as it was"), translate_errors():
            raise WarehouseError("as it was")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_fills_up_is_told(cluster: EmbeddedServer):
    small = cluster.directory / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=777", "tmpfs", small]).returncode:
        pytest.skip("this machine lets no file system be mounted")
    try:
        with Database(cluster.superuser_dsn()).connect(autocommit=True) as connection:
            space = small / "space"
            space.mkdir()
            os.chown(space, *(getattr((cluster.directory / "data").stat(), name) for name in ("st_uid", "st_gid")))
            connection.execute(f"CREATE TABLESPACE small LOCATION '{quote(str(space))}'")
            connection.execute("CREATE TABLE public.filling (number bigint) TABLESPACE small")
            with pytest.raises(OutOfSpace, match="while ingesting"), translate_errors("ingesting"):
                connection.execute("INSERT INTO public.filling SELECT generate_series(1, 1000000)")
            assert answer(Database(cluster.superuser_dsn()), "SELECT count(*) FROM public.filling") == 0
            connection.execute("DROP TABLE public.filling")
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", small], check=True)
