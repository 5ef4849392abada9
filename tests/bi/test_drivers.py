"""Real BI drivers enter over TCP as a reader: they list views with comments, read every mart, and cannot write.

The drivers are Debian's; where they are not installed the tests are skipped. To run them::

    apt-get install default-jre-headless libpostgresql-jdbc-java unixodbc odbc-postgresql
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.conninfo import conninfo_to_dict

from warehouse.access import roles
from warehouse.database.connection import Database
from warehouse.schema.fields import FIELDS
from warehouse.schema.sqlfiles import sql_files

JDBC = Path("/usr/share/java/postgresql.jar")
ODBC = "PostgreSQL Unicode"
BI_PAGE = Path(__file__).parents[2] / "docs/how-to/bi-tools.md"
WRITES = {
    "DELETE FROM result.human_resemblance": ("25006", "42501"),
    "INSERT INTO stimulus.corpus (corpus, language, licence, citation) VALUES ('a', 'b', 'c', 'd')": ("25006", "42501"),
    "CREATE TABLE mart.mine (a integer)": ("25006", "42501"),
    "SET ROLE warehouse_owner": ("42501", "22023"),
    "COPY mart.corpus TO PROGRAM 'cat'": ("42501",),
}
"""What a reader may not do, and the SQLSTATEs that may answer: read-only transaction, no privilege."""

COMMENTS = """
SELECT relname::text, obj_description(oid, 'pg_class') FROM pg_class
WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v'
"""
"""The ODBC driver's own list of tables leaves the comments empty: they are asked for."""


@pytest.fixture
def reader(study: Database) -> Iterator[dict[str, str]]:
    """The address of a reader of a simulated study, as libpq's keywords."""
    name = f"bi_{uuid4().hex[:8]}"
    yield {key: str(value) for key, value in conninfo_to_dict(roles.grant(study, name, "reader")).items()}
    roles.revoke(study, name)


@pytest.fixture
def marts(study: Database) -> dict[str, int]:
    """Every mart view and its number of rows."""
    with study.connect(read_only=True) as connection:
        names = [file.name.partition(".")[2] for file in sql_files() if file.schema == "mart"]
        return {name: connection.execute(f"SELECT count(*) FROM mart.{name}").fetchone()[0] for name in names}


def expected_comments() -> dict[str, str]:
    return {file.name.partition(".")[2]: flat(file.comment) for file in sql_files() if file.schema == "mart"}


def _odbc_settings() -> str:
    """Those that the page tells people to give."""
    (settings,) = re.findall(r"^TextAsLongVarchar=.*$", BI_PAGE.read_text(), re.MULTILINE)
    return str(settings)


def flat(text: str) -> str:
    return text.replace("\n", " ")


def test_jdbc_lists_reads_and_is_refused(reader: dict[str, str], marts: dict[str, int]):
    if not shutil.which("java") or not JDBC.exists():
        pytest.skip("no JDBC driver: apt-get install default-jre-headless libpostgresql-jdbc-java")
    url = f"jdbc:postgresql://{reader['host']}:{reader['port']}/{reader['dbname']}"
    program = Path(__file__).with_name("Reader.java")
    command = ["java", "-cp", JDBC, program, url, reader["user"], reader["password"], *WRITES]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = [line.split("\t") for line in done.stdout.splitlines()]
    assert {name: comment for kind, name, comment in (row for row in told if row[0] == "view")} == expected_comments()
    assert {row[1]: int(row[2]) for row in told if row[0] == "rows"} == marts
    columns = [row for row in told if row[0] == "column"]
    assert {row[1] for row in columns} == set(marts)
    assert [row for row in columns if row[3] != flat(FIELDS[row[2]].comment)] == []
    refused = {row[2]: row[1] for row in told if row[0] == "refused"}
    assert refused.keys() == WRITES.keys()
    assert [state for statement, state in refused.items() if state not in WRITES[statement]] == []


def test_odbc_lists_reads_and_is_refused(reader: dict[str, str], marts: dict[str, int]):
    pyodbc = pytest.importorskip("pyodbc", reason="no ODBC for Python: apt-get install unixodbc", exc_type=ImportError)
    if ODBC not in pyodbc.drivers():
        pytest.skip("no ODBC driver: apt-get install unixodbc odbc-postgresql")
    facts = {
        "Driver": f"{{{ODBC}}}", "Server": reader["host"], "Port": reader["port"], "Database": reader["dbname"],
        "Uid": reader["user"], "Pwd": reader["password"],
    }  # fmt: skip
    address = ";".join(f"{key}={value}" for key, value in facts.items())
    connection = pyodbc.connect(f"{address};{_odbc_settings()}", autocommit=True)
    try:
        cursor = connection.cursor()
        kinds = {row.column_name: row.data_type for row in cursor.columns(table="layer_curve_default", schema="mart")}
        assert (kinds["model"], kinds["is_default"], kinds["warnings"]) == (-9, pyodbc.SQL_BIT, -9)
        views = {row.table_name: row.remarks for row in cursor.tables(schema="mart", tableType="VIEW").fetchall()}
        assert views.keys() == marts.keys()
        counts = {name: len(cursor.execute(f"SELECT * FROM mart.{name}").fetchall()) for name in views}
        assert counts == marts
        comments = dict(tuple(row) for row in cursor.execute(COMMENTS).fetchall())
        assert {name: flat(comment) for name, comment in comments.items()} == expected_comments()
        for statement, states in WRITES.items():
            with pytest.raises(pyodbc.Error) as refusal:
                cursor.execute(statement)
            assert refusal.value.args[0] in states, statement
    finally:
        connection.close()
