"""Questions of collaborators, in plain SQL on the views of mart: ``python -m benchmarks.queries``.

GPT-2 Large and a model of the shape of LLaMA-30B (60 layers x 52 heads, 27.9 million cells) with 51 readers of the
published corpus on a durable embedded server; each question is asked warm, over one connection.
"""

from typing import Any

import psycopg

from benchmarks.made import GPT2, QUIET, Shape, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, alternated, found, report
from warehouse import pipeline
from warehouse.database import Database

TURNS = 15
LARGE = Shape("LLaMA-30B", 60, 52, 16, "float16")
CHOICE = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}

HEADS = {
    "one head's matrix of one sentence": (5, """
        SELECT from_word, to_word, from_text, to_text, weight
        FROM mart.attention_cell
        WHERE model = %(model)s AND layer = 10 AND head = 3 AND sentence_label = 't.03.16'"""),
    "mean attention to the previous word, per head of a layer": (50, """
        SELECT head, avg(weight)
        FROM mart.attention_cell
        WHERE model = %(model)s AND layer = 10 AND to_word = from_word - 1
        GROUP BY head"""),
    "top ten heads of all layers": (2000, """
        SELECT layer, head, avg(weight)
        FROM mart.attention_cell
        WHERE model = %(model)s AND to_word = from_word - 1
        GROUP BY layer, head ORDER BY avg(weight) DESC LIMIT 10"""),
    "correlation of every head of a layer with a reader": (150, """
        SELECT head, corr(weight, saccade_count)
        FROM mart.attention_cell
        JOIN mart.saccade_cell USING (sentence_id, from_word, to_word)
        WHERE model = %(model)s AND layer = 10 AND subject_label = 'made-03' AND saccade_rule = 'consecutive'
        GROUP BY head"""),
}  # fmt: skip
"""What is asked of a model, and the most milliseconds it may take."""
RESULTS = {
    "best layers of all models": "SELECT model, language_group, best_layer, resemblance FROM mart.model_summary",
    "layer curves of all models": "SELECT model, layer, r2, cv_r2, resemblance FROM mart.layer_curve",
    "spread of readers by model and layer": """
        SELECT model, layer, count(*), avg(r2), percentile_cont(0.5) WITHIN GROUP (ORDER BY r2), max(r2)
        FROM mart.human_resemblance GROUP BY model, layer""",
    "best layer of every reader": """
        SELECT DISTINCT ON (model, subject_label) model, subject_label, layer, cv_r2
        FROM mart.human_resemblance ORDER BY model, subject_label, cv_r2 DESC""",
}
"""What BI tools ask of results; each may take 50 ms."""


def measured(connection: psycopg.Connection[Any], asked: dict[str, tuple[float, str]], model: str) -> list[Finding]:
    """Time questions in turns, planned each time as for psql and BI tools; milliseconds."""
    ways = {
        what: lambda question=question: connection.execute(question, {"model": model}, prepare=False).fetchall()
        for what, (_, question) in asked.items()
    }
    timing = alternated(ways, TURNS, warm_up=3)
    return [
        found(
            f"{model}: {what} [ms]", {end: 1e3 * value for end, value in timing[what].as_json().items()}, most,
            at_most=True,
        )
        for what, (most, _) in asked.items()
    ]  # fmt: skip


def loaded(database: Database) -> None:
    """Load two models and compute what the second kind of question is about."""
    for shape in (GPT2, LARGE):
        with arrays(shape) as files:
            load_arrays(database, files, shape, shape.name)
    pipeline.compute(database, "human_resemblance", CHOICE, progress=QUIET)


def main() -> None:
    with made_warehouse(readers=51) as database:
        loaded(database)
        with database.connect(autocommit=True, read_only=True) as connection:
            findings = [finding for shape in (GPT2, LARGE) for finding in measured(connection, HEADS, shape.name)]
            findings += measured(connection, {what: (50, query) for what, query in RESULTS.items()}, "both models")
    report("queries", findings, {"cells": {shape.name: shape.cells for shape in (GPT2, LARGE)}})


if __name__ == "__main__":
    main()
