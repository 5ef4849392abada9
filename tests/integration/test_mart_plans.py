"""Filters on the views of mart reach the indexes below them: what EXPLAIN says."""

import re
from typing import Any

import pytest

from warehouse.database.connection import Database


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
