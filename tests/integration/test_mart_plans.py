"""Filters on the views of mart reach the indexes below them: what EXPLAIN says."""

import re
from typing import Any

import pytest

from warehouse.database.connection import Database
from warehouse.schema.sqlfiles import sql_files


def plan(database: Database, question: str) -> list[dict[str, Any]]:
    """Every node of the plan, sequential scans only where nothing else will do."""
    with database.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        ((explained,),) = connection.execute(f"EXPLAIN (FORMAT JSON) {question}").fetchall()
    waiting, nodes = [explained[0]["Plan"]], []
    while waiting:
        nodes.append(node := waiting.pop())
        waiting += node.get("Plans", [])
    return nodes


def conditions(nodes: list[dict[str, Any]], relation: str) -> list[str]:
    """The index conditions under which partitions or the table of that name are read."""
    scans = [node for node in nodes if re.fullmatch(rf"{relation}(_\d+)?", node.get("Relation Name", ""))]
    assert scans
    return [node.get("Index Cond", "") for node in scans]


def test_extraction_layer_and_sentence_reach_the_index_of_one_partition_and_head_is_a_subscript(study: Database):
    cell = "extraction_id = 2 AND layer = 3 AND head = 1 AND sentence_id = 7"
    nodes = plan(study, f"SELECT from_text, to_text, weight FROM mart.attention_cell WHERE {cell}")
    (condition,) = conditions(nodes, "attention")
    assert all(name in condition for name in ("extraction_id", "layer", "sentence_id"))
    assert not any("unnest" in str(node) for node in nodes)


@pytest.mark.parametrize("name", ["layer", "sentence_id"])
def test_names_of_model_and_sentence_reach_the_index_too(study: Database, name: str):
    cell = "model = 'simulated-large' AND layer = 3 AND head = 1 AND sentence_label = 's.01.02'"
    nodes = plan(study, f"SELECT weight FROM mart.attention_cell WHERE {cell}")
    assert all(name in condition for condition in conditions(nodes, "attention"))


def test_what_is_not_asked_for_is_not_joined(study: Database):
    nodes = plan(study, "SELECT avg(weight) FROM mart.attention_cell WHERE extraction_id = 2 AND layer = 3")
    assert {node.get("Relation Name") for node in nodes} - {None} == {"attention_2", "extraction", "language_model"}


def test_a_readers_sentence_is_found_by_index(study: Database):
    cell = "subject_id = 3 AND sentence_id = 7 AND saccade_rule = 'consecutive'"
    nodes = plan(study, f"SELECT saccade_count FROM mart.saccade_cell WHERE {cell}")
    (saccade,), (pair,) = conditions(nodes, "saccade"), conditions(nodes, "word_pair")
    assert "subject_id" in saccade and "sentence_id" in saccade and "sentence_id" in pair


def test_the_saccades_of_a_reader_asked_for_by_name_are_counted_for_that_reader_alone(study: Database):
    nodes = plan(study, "SELECT regression_count FROM mart.reader_sentence WHERE reader = 'L1/sim-03'")
    (saccade,) = conditions(nodes, "saccade")
    assert "reading.subject_id" in saccade and "reading.sentence_id" in saccade


def test_saccades_are_not_counted_for_who_asks_for_reading_times(study: Database):
    nodes = plan(study, "SELECT reader, avg(reading_time_ms) FROM mart.reader_sentence_default GROUP BY reader")
    assert "saccade" not in {node.get("Relation Name") for node in nodes}


def test_a_path_is_found_by_index(study: Database):
    nodes = plan(study, "SELECT word_text FROM mart.fixation WHERE subject_id = 3 AND sentence_id = 7")
    (condition,) = conditions(nodes, "fixation")
    assert "subject_id" in condition and "sentence_id" in condition


@pytest.mark.parametrize("reader", ["subject_id = 3", "subject_label = 'L1/sim-03'"])
def test_attention_beside_a_reader_is_a_join_of_sorted_or_hashed_cells(study: Database, reader: str):
    """As nested loops it took 20 s instead of 0.2."""
    nodes = plan(
        study,
        "SELECT head, corr(weight, saccade_count) FROM mart.attention_cell "
        "JOIN mart.saccade_cell USING (sentence_id, from_word, to_word) "
        f"WHERE model = 'simulated-large' AND layer = 3 AND {reader} AND saccade_rule = 'consecutive' GROUP BY head",
    )
    conditions = [node.get("Merge Cond", node.get("Hash Cond", "")) for node in nodes]
    joined = [each for each in conditions if "attention.from_word" in each and "word_pair.from_word" in each]
    looked_up = any(
        node.get("Relation Name") == "word_pair" and "attention.from_word" in node.get("Index Cond", "")
        for node in nodes
    )
    assert joined or looked_up


def below(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(each for child in node.get("Plans", []) for each in below(child))]


@pytest.mark.parametrize("mart", ["resemblance_variant_default", "reader_variant_default"])
def test_other_measures_are_left_out_before_the_latest_run_of_a_variant_is_looked_for(study: Database, mart: str):
    with study.connect() as connection:
        ((explained,),) = connection.execute(f"EXPLAIN (FORMAT JSON) SELECT * FROM mart.{mart}").fetchall()
    nodes = below(explained[0]["Plan"])
    latest = [below(node) for node in nodes if node["Node Type"] == "Unique"]
    (found,) = [each for each in latest if any(node.get("Relation Name") == "resemblance_variant" for node in each)]
    measures = [node for node in found if node.get("Relation Name") == "measure"]
    assert "saccade_count/consecutive" in str([node.get("Filter", node.get("Index Cond")) for node in measures])


STATES = {
    "run_status": ("ops.run", {"done"}),
    "unit_state": ("ops.unit", {"done"}),
    "extraction_status": ("model.extraction", {"complete"}),
}
"""Of each column of states, the table, and the states in which results hold."""


@pytest.mark.parametrize("column", STATES)
def test_states_that_views_leave_out_are_all_but_those_in_which_results_hold(study: Database, column: str):
    """Views name what does not hold, since the planner takes most rows to be what is not named."""
    table, holding = STATES[column]
    with study.connect() as connection:
        ((check,),) = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE %s",
            [table, f"%{column}_check"],
        ).fetchall()
    left_out = set(re.findall(r"'(\w+)'", check)) - holding
    for file in sql_files():
        for named in re.findall(rf"{column} (?:NOT IN \(([^)]*)\)|<> ('\w+'))", file.text):
            assert set(re.findall(r"'(\w+)'", "".join(named))) == left_out, file.name


@pytest.fixture
def without_statistics(study: Database) -> Database:
    """A study of which the server knows how many rows there are, and nothing of what is in them."""
    with study.connect(autocommit=True) as connection:
        connection.execute("ANALYZE")
        connection.execute(
            "SELECT fn.clear_statistics(oid) FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace::regnamespace::text IN ('ops', 'stimulus', 'human', 'model', 'result')"
        )
    return study


@pytest.mark.parametrize("view", ["reader_sentence", "word_reading", "fixation", "word", "reading"])
def test_a_view_is_expected_to_have_about_the_rows_that_it_has(without_statistics: Database, view: str):
    """One that is expected to have one row is joined row by row to whatever it is joined to."""
    with without_statistics.connect() as connection:
        ((explained,),) = connection.execute(f"EXPLAIN (FORMAT JSON) SELECT * FROM mart.{view}").fetchall()
        ((there,),) = connection.execute(f"SELECT count(*) FROM mart.{view}").fetchall()
    assert explained[0]["Plan"]["Plan Rows"] > there / 10 > 0


@pytest.mark.parametrize(
    "joined",
    [
        "human_resemblance JOIN mart.reader_sentence USING (corpus, language_group, subject_label)",
        "human_resemblance JOIN mart.layer_curve USING (model, corpus, measure, language_group, layer)",
        "human_resemblance JOIN mart.reader USING (corpus, language_group, subject_label)",
        "word_reading JOIN mart.word USING (corpus, sentence_label, word_position)",
        "word_reading JOIN mart.reader_sentence USING (corpus, language_group, subject_label, sentence_label)",
        "fixation JOIN mart.word USING (corpus, sentence_label, word_position)",
    ],
)
@pytest.mark.parametrize("state", ["study", "without_statistics"])
def test_no_join_of_two_views_compares_each_row_with_each(joined: str, state: str, request: pytest.FixtureRequest):
    """The rows that joins look at and throw away are no more than a few times those of the tables."""
    assert thrown_away(request.getfixturevalue(state), joined) < 20


@pytest.mark.parametrize(
    "joined",
    [
        "human_resemblance JOIN mart.reader_sentence USING (subject_id, measure)",
        "group_mean_saccade JOIN mart.saccade_cell USING (sentence_id, from_word, to_word, language_group, measure)",
    ],
)
def test_results_join_readers_by_measure_and_means_join_cells(study: Database, joined: str):
    assert thrown_away(study, joined) < 20


def thrown_away(database: Database, joined: str) -> float:
    """Rows that joins look at and throw away, in rows of the largest table."""
    with database.connect() as connection:
        ((explained,),) = connection.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT count(*) FROM mart.{joined}"
        ).fetchall()
        ((rows,),) = connection.execute("SELECT count(*) FROM human.fixation").fetchall()
    waiting, found = [explained[0]["Plan"]], 0.0
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        found += node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]
    return found / rows
