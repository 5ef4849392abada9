"""Each attempt that docs/access.md lists, made as the reader it speaks of, with the outcome it tells."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.conftest import cloned
from warehouse.access import embargoes, roles
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text()
ROW = re.compile(r"^\| (.+?) \| `(.+)` \| (nothing|works|answers .+|refused: .+) \|$", re.MULTILINE)
AS_READER, _, WITH_SCRATCH = PAGE.partition("## What was tried as a reader")[2].partition("## What was tried with")


class Study(NamedTuple):
    """The study, and the addresses of a reader and of one with a scratch schema."""

    anna: str
    bob: str


@pytest.fixture(scope="module")
def doors(cluster: EmbeddedServer, study_template: str) -> Iterator[Study]:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with cloned(cluster, study_template) as study:
        anna = roles.grant(study, "anna", "reader")
        bob = roles.grant(study, "bob", "reader", scratch=True)
        roles.grant(study, "cora", "reader", scratch=True)
        embargoes.impose(study, "extraction", "simulated-large", tomorrow, ["cora"])
        embargoes.impose(study, "group", "L2", tomorrow, ["cora"])
        yield Study(anna, bob)
        for name in ("anna", "bob", "cora"):
            roles.revoke(study, name, drop_scratch=True)


def outcome(address: str, statement: str) -> str:
    """Do as the page says, with the guards lifted; tell what came of it in its words."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("SET statement_timeout = '5s'")
        try:
            cursor = connection.execute(statement)
            while cursor.nextset():
                pass
            rows: list[Any] = cursor.fetchall() if cursor.description else ["works"]
        except psycopg.Error as error:
            return f"refused: {error}"
    return "nothing" if not rows else "works" if rows == ["works"] else f"answers {rows[0][0]}"


@pytest.mark.parametrize(("statement", "told"), [pytest.param(*row[1:], id=row[0]) for row in ROW.findall(AS_READER)])
def test_an_attempt_as_a_reader_ends_as_the_page_tells(doors: Study, statement: str, told: str):
    assert_same(outcome(doors.anna, statement), told)


@pytest.mark.parametrize(
    ("statement", "told"), [pytest.param(*row[1:], id=row[0]) for row in ROW.findall(WITH_SCRATCH)]
)
def test_an_attempt_with_a_scratch_schema_ends_as_the_page_tells(doors: Study, statement: str, told: str):
    assert_same(outcome(doors.bob, statement), told)


def assert_same(found: str, told: str) -> None:
    if told.startswith("refused: "):
        assert found.startswith("refused: ")
        assert told.removeprefix("refused: ") in found
    else:
        assert found == told


def test_every_line_of_the_page_is_tried():
    lines = [line for line in (AS_READER + WITH_SCRATCH).splitlines() if line.startswith("| ")]
    headings = [line for line in lines if line.startswith(("| attempt", "| ---"))]
    assert len(ROW.findall(AS_READER + WITH_SCRATCH)) == len(lines) - len(headings) >= 80


def test_who_is_named_in_the_embargo_sees_what_the_reader_does_not(cluster: EmbeddedServer, study_template: str):
    with cloned(cluster, study_template) as study:
        address = roles.grant(study, "dora", "reader")
        embargoes.impose(study, "group", "L2", datetime.now(UTC).date() + timedelta(days=1), ["dora"])
        question = "SELECT count(DISTINCT language_group) FROM mart.model_summary"
        assert outcome(address, question) == "answers 2"
        embargoes.impose(study, "group", "L2", datetime.now(UTC).date() + timedelta(days=1), [])
        assert outcome(address, question) == "answers 1"
        embargoes.lift(study, "group", "L2")
        assert outcome(address, question) == "answers 2"
        roles.revoke(study, "dora")


def test_an_embargo_that_has_run_out_hides_nothing(cluster: EmbeddedServer, study_template: str):
    with cloned(cluster, study_template) as study:
        address = roles.grant(study, "dora", "reader")
        embargoes.impose(study, "corpus", "simulated", datetime.now(UTC).date() + timedelta(days=1), [])
        assert outcome(address, "SELECT count(*) FROM stimulus.word") == "answers 0"
        with study.connect() as connection:
            connection.execute("UPDATE ops.embargo SET embargoed_until = (now() AT TIME ZONE 'UTC')::date")
        assert outcome(address, "SELECT count(*) > 0 FROM stimulus.word") == "answers True"
        (embargo,) = embargoes.list_embargoes(study)
        assert (embargo.kind, embargo.name, embargo.holds) == ("corpus", "simulated", False)
        roles.revoke(study, "dora")


def test_whoever_reads_is_asked_through_every_view(new_database: Database):
    question = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'v' AND relnamespace::regnamespace::text IN ('current', '"current"', 'slice', 'mart')
        AND NOT COALESCE('security_invoker=true' = ANY (reloptions), false)
    """
    with new_database.connect() as connection:
        assert connection.execute(question).fetchall() == []


def test_every_table_that_can_tell_of_something_under_embargo_has_forced_row_security(study: Database):
    embargoes.impose(study, "group", "L2", datetime.now(UTC).date() + timedelta(days=1), [])
    question = """
    SELECT DISTINCT attrelid::regclass::text
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')
        AND relkind IN ('r', 'p') AND NOT relispartition
        AND attname ~ '(run|unit|corpus|article|sentence|subject|extraction|model)_id$|language_group$'
        AND NOT (
            relrowsecurity AND relforcerowsecurity
            AND (SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = attrelid)
                = '{embargo,insiders}'
        )
    """
    with study.connect() as connection:
        assert connection.execute(question).fetchall() == [("ops.embargo",)]


DEFINERS = {
    "attach_partition", "clear_unit", "create_partition", "drop_partition", "end_silent_worker", "index_partition",
    "visible",
}  # fmt: skip


def test_what_runs_as_its_owner_is_few_and_finds_names_in_one_place(new_database: Database):
    question = """
    SELECT proname, proconfig[1], has_function_privilege('public', oid, 'EXECUTE')
    FROM pg_proc WHERE pronamespace >= 2200 AND prosecdef ORDER BY 1
    """
    with new_database.connect() as connection:
        found = connection.execute(question).fetchall()
    assert {name for name, _, _ in found} == DEFINERS
    assert {path for _, path, _ in found} == {"search_path=pg_catalog, pg_temp"}
    assert [name for name, _, by_anyone in found if by_anyone] == ["visible"]


def test_nothing_of_the_warehouse_belongs_to_anybody_but_its_owner(study: Database):
    question = """
    SELECT told.type, told.identity, refobjid::regrole::text
    FROM pg_shdepend
    CROSS JOIN LATERAL pg_identify_object(classid, objid, objsubid) AS told
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND deptype = 'o'
        AND refobjid <> 'warehouse_owner'::regrole AND told.type <> 'default acl'
    UNION ALL
    SELECT 'relation', oid::regclass::text, relowner::regrole::text FROM pg_class
    WHERE oid >= 16384 AND relowner <> 'warehouse_owner'::regrole
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
        AND relnamespace NOT IN ('pg_toast'::regnamespace)
    """
    with study.connect() as connection:
        assert connection.execute(question).fetchall() == []
