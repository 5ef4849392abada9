"""No question that analyses, the cookbook or the dashboard ask reads a large table as a whole: what EXPLAIN says.

Sequential scans and joins by hash or merge are switched off: the planner then reads a table as a whole only where no
index has the condition, so that a small study shows what is possible in a large one.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import psycopg
import pytest

from tests.conftest import STUDY, cloned
from tools.pages import QUESTIONS
from warehouse.compute import everything
from warehouse.dashboard.views import VIEWS, page
from warehouse.database.connection import Database
from warehouse.progress import Progress

LARGE = r"attention_\d+|fixation|saccade|roi_value|word_pair|word"
"""Tables that grow with cells or readings; dimensions and results may be read as a whole."""
Asked = tuple[str, Any]


class Recorded(psycopg.Cursor[Any]):
    """A cursor that remembers what is asked."""

    questions: ClassVar[list[Asked]] = []

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        if isinstance(query, str) and re.match(r"\s*(SELECT|WITH)\b", query):
            self.questions.append((query, params))
        return super().execute(query, params, **more)


@pytest.fixture(scope="module")
def whole_study(cluster, study_template) -> Iterator[Database]:
    with cloned(cluster, study_template) as database:
        yield database


@pytest.fixture(scope="module")
def asked_by_analyses(whole_study: Database) -> list[Asked]:
    """What computing everything asks, each question once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorded, "questions", [])
        patch.setattr(psycopg.Connection, "__init__", _recording(psycopg.Connection.__init__))
        computed = dict(everything.compute_all(whole_study, STUDY, [], Progress(quiet=True), resamples=10, subsets=2))
        assert not [error for error in computed.values() if isinstance(error, Exception)]
        return list({question: (question, params) for question, params in Recorded.questions}.values())


def _recording(usual: Any) -> Any:
    def begin(connection: Any, *arguments: Any, **more: Any) -> None:
        usual(connection, *arguments, **more)
        connection.cursor_factory = Recorded

    return begin


def scans(database: Database, question: str, params: Any = None) -> list[dict[str, Any]]:
    """Every node of the plan that reads a large table."""
    with database.connect() as connection:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            connection.execute(f"SET enable_{way} = off")
        ((explained,),) = connection.execute(f"EXPLAIN (FORMAT JSON) {question}", params).fetchall()
    waiting, nodes = [explained[0]["Plan"]], []
    while waiting:
        nodes.append(node := waiting.pop())
        waiting += node.get("Plans", [])
    return [node for node in nodes if re.fullmatch(LARGE, node.get("Relation Name", ""))]


def wholes(nodes: list[dict[str, Any]]) -> list[str]:
    """Tables that are read without a condition of an index."""
    return [node["Relation Name"] for node in nodes if "Index Cond" not in node and "Recheck Cond" not in node]


def test_everything_is_asked(asked_by_analyses: list[Asked]):
    text = " ".join(question for question, _ in asked_by_analyses)
    for view in ("slice.layer_attention", "slice.reader_cell", "slice.reader_sentence", "slice.pattern_cell"):
        assert view in text


def test_no_analysis_reads_a_large_table_as_a_whole(whole_study: Database, asked_by_analyses: list[Asked]):
    found = {question: wholes(scans(whole_study, question, params)) for question, params in asked_by_analyses}
    assert {question: tables for question, tables in found.items() if tables} == {}


def test_an_analysis_reads_the_partitions_it_asks_for_and_no_other(
    whole_study: Database, asked_by_analyses: list[Asked]
):
    asked = [(question, params) for question, params in asked_by_analyses if "slice.layer_attention" in question]
    assert asked
    for question, params in asked:
        read = {node["Relation Name"] for node in scans(whole_study, question, params)}
        several = params.get("extraction_ids")
        wanted = {f"attention_{number}" for number in several or [params["extraction_id"]]}
        assert {name for name in read if name.startswith("attention_")} == wanted, question


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_no_question_of_the_cookbook_reads_a_large_table_as_a_whole(whole_study: Database, path: Any):
    assert wholes(scans(whole_study, path.read_text())) == []


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.title)
def test_no_page_of_the_dashboard_reads_a_large_table_as_a_whole(whole_study: Database, view: Any):
    with whole_study.connect(autocommit=True, read_only=True) as connection:
        connection.cursor_factory = type("Once", (Recorded,), {"questions": (asked := [])})
        page(view, connection, {})
    found = {question: wholes(scans(whole_study, question, params)) for question, params in asked}
    assert asked and {question: tables for question, tables in found.items() if tables} == {}
