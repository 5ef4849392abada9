"""Addresses of databases: read or refused, never told with their password, and never a traceback on entering."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.damage import any_bytes
from tests.fuzz.trial import attempt, inputs
from warehouse.database.connection import own_database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import WarehouseError

PASSWORD = "correcthorse"
VALID = (
    f"postgresql://me:{PASSWORD}@127.0.0.1:5432/study?sslmode=prefer&connect_timeout=3",
    f"postgresql+psycopg://me:{PASSWORD}@[::1],127.0.0.1/study",
    f"host=127.0.0.1 port=5432 user=me password={PASSWORD} dbname='the study'",
    "service=none",
)
ADDRESS = any_bytes(*(one.encode() for one in VALID)).map(lambda raw: raw.decode("utf-8", "surrogateescape"))


def _read(address: str, environment: bool) -> list[str]:
    found = own_database(None, {"DATABASE_URL": address}) if environment else own_database(address, {})
    return [] if found is None else [found.name, found.place, found.without_password(), found.url()]


@inputs(600)
@given(address=ADDRESS | st.text(max_size=60), environment=st.booleans())
@example(address="\0", environment=False)
@example(address="host=\udcff", environment=False)
@example(address="postgresql://[::1", environment=True)
@example(address="port=" + "9" * 5000, environment=True)
@example(address="service=none", environment=False)
@example(address=f"postgresql://postgresql://me:{PASSWORD}@127.0.0.1/study", environment=False)
def test_an_address_is_read_or_refused(address: str, environment: bool) -> None:
    found = attempt("address", lambda: _read(address, environment))
    if isinstance(found, WarehouseError):
        assert PASSWORD not in str(found)
    elif found and (f":{PASSWORD}@" in address or f"password={PASSWORD}" in address):
        assert PASSWORD not in found[1]


KEYS = (
    "connect_timeout", "client_encoding", "options", "application_name", "sslmode", "gssencmode", "keepalives", "user",
    "target_session_attrs", "tcp_user_timeout", "load_balance_hosts", "require_auth", "channel_binding", "hostaddr",
    "replication", "krbsrvname", "passfile", "service", "dbname", "sslcert", "min_protocol_version",
    "fallback_application_name",
)  # fmt: skip
VALUE = st.one_of(
    st.text(st.characters(exclude_characters="\0"), max_size=20),
    st.sampled_from([
        "abc", "-1", "0", "1e9", "9" * 30, "SQL_ASCII", "LATIN1", "UTF8", "-c jit=maybe", "-c search_path=pg_temp",
        "-c client_encoding=LATIN1", "-c standard_conforming_strings=off", "-c DateStyle=German", "disable", "any",
        "read-write", "standby", "true", "database", "postgres", "\udcff", "%", "'", "\\",
    ]),
)  # fmt: skip


@inputs(60)
@given(facts=st.dictionaries(st.sampled_from(KEYS), VALUE, min_size=1, max_size=2))
@example(facts={"connect_timeout": "abc"})
@example(facts={"client_encoding": "SQL_ASCII"})
@example(facts={"client_encoding": "nonsense"})
@example(facts={"options": "-c client_encoding=LATIN1"})
@example(facts={"replication": "database"})
@example(facts={"application_name": "\N{GRINNING FACE}"})
def test_entering_with_any_parameter_works_or_is_refused(cluster: EmbeddedServer, facts: dict[str, str]) -> None:
    def enter() -> object:
        told = {"dbname": "postgres", **facts}
        quoted = " ".join(f"{key}='{_escaped(value)}'" for key, value in told.items())
        database = own_database(f"{quoted} {_way(cluster.dsn())}", {})
        assert database is not None
        with database.connect(read_only=True) as connection:
            return connection.execute("SELECT 'na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve', 1").fetchone()

    found = attempt("entering", enter)
    assert isinstance(found, WarehouseError) or found == ("na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve", 1)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _way(dsn: str) -> str:
    """Give host, port and login of an address, as what stands last counts."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    facts = conninfo_to_dict(dsn)
    return make_conninfo(**{key: str(facts[key]) for key in ("host", "port", "user", "password") if facts.get(key)})
