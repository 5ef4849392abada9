"""Queries that count twice or average what does not compare are caught, and none is in the cookbook or the pages."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import cloned
from tools.pages import QUESTIONS
from tools.traps import traps
from warehouse.database.server import EmbeddedServer
from warehouse.schema.sqlfiles import sql_files

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if path.name != "cookbook.md"]
"""The cookbook shows its questions as they stand in their files."""


@pytest.fixture(scope="module")
def columns(cluster: EmbeddedServer, template: str) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {file.path.stem: set() for file in sql_files() if file.schema == "mart"}
    with cloned(cluster, template) as database, database.connect(read_only=True) as connection:
        for mart, column in connection.execute(
            "SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
            "WHERE relnamespace = 'mart'::regnamespace AND attnum > 0"
        ):
            found[mart].add(column)
    return found


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_the_cookbook_is_without_traps(path: Path, columns: Mapping[str, set[str]]):
    assert traps(path.read_text(), columns) == []


def test_no_page_shows_a_query_with_a_trap(columns: Mapping[str, set[str]]):
    shown = [(path, query) for path in PAGES for query in re.findall(r"```sql\n(.*?)```", path.read_text(), re.DOTALL)]
    found = [(path.name, trap) for path, query in shown for trap in traps(query, columns)]
    assert len(shown) > 10 and found == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param(
            "SELECT count(DISTINCT subject_label) FROM mart.human_resemblance_default WHERE language_group = 'L1'",
            "a label names readers of both groups",
            id="readers by label",
        ),
        pytest.param(
            "SELECT avg(reading_time_ms) FROM mart.reader_sentence WHERE language_group = 'L1' AND is_default",
            "a reading time by each rule",
            id="reading times by rule",
        ),
        pytest.param(
            "SELECT r2 / ceiling FROM mart.layer_curve_default JOIN mart.noise_ceiling_default USING (language_group)",
            "several kinds a group",
            id="ceilings by kind",
        ),
        pytest.param(
            "SELECT * FROM mart.layer_curve JOIN mart.layer_reliance USING (model, layer) WHERE is_default",
            "join by extraction_id",
            id="curves by layer",
        ),
        pytest.param(
            "SELECT model, avg(r2) FROM mart.layer_curve WHERE condition = 'a' AND language_group = 'L1' GROUP BY 1",
            "rows of several measure",
            id="over measures",
        ),
        pytest.param(
            "SELECT saccade_rule, avg(regression_count) FROM mart.reader_sentence GROUP BY saccade_rule",
            "rows of several language_group",
            id="over groups",
        ),
        pytest.param(
            "SELECT avg(r2) FROM mart.model_summary WHERE measure = 'm' AND language_group = 'L1'",
            "rows of several condition",
            id="over conditions",
        ),
        pytest.param(
            "SELECT avg(duration_ms) FROM mart.fixation WHERE language_group = 'L1'",
            "ask is_excluded",
            id="of excluded readers",
        ),
        pytest.param(
            "SELECT layer, avg(r2) FROM mart.layer_curve_default GROUP BY layer, language_group",
            "compare by relative_depth",
            id="layers of models of different depth",
        ),
        pytest.param(
            "SELECT r2 FROM mart.model_summary_default WHERE leave_out = '[]'", "need not be asked", id="leave_out"
        ),
        pytest.param(
            "SELECT max(most) FROM (SELECT max(r2) AS most FROM mart.model_summary WHERE language_group = 'L1') AS a",
            "rows of several measure",
            id="within a subselect",
        ),
    ],
)
def test_a_trap_is_named(query: str, said: str, columns: Mapping[str, set[str]]):
    assert any(said in trap for trap in traps(query, columns)), traps(query, columns)
