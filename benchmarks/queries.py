"""Questions of collaborators, in plain SQL on the views of mart: ``python -m benchmarks.queries``.

GPT-2 Large and a model of the shape of LLaMA-30B (60 layers x 52 heads, 27.9 million cells) with 51 readers of the
published corpus on a durable embedded server; each question is asked warm, over one connection, by the owner and by a
reader who is let in by `warehouse access grant`, for whom row security holds. The scale is the share of the layers, of
which eleven are needed, since the eleventh is asked about.
"""

from dataclasses import replace
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from benchmarks.made import GPT2, QUIET, Shape, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from warehouse import pipeline
from warehouse.access import roles
from warehouse.database.connection import Database
from warehouse.database.types import Connection

TURNS = 15
AS_READER = ", as a reader"
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
        WHERE model = %(model)s AND layer = 10 AND subject_label = 'L1/made-03' AND saccade_rule = 'consecutive'
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


def measured(owner: Connection, reader: Connection, asked: dict[str, tuple[float, str]], model: str) -> list[Finding]:
    """Time questions in turns [ms], planned each time as for psql and BI tools; for a reader, how many times that."""
    ways = {
        what + who: lambda question=question, of=of: of.execute(question, {"model": model}, prepare=False).fetchall()
        for what, (_, question) in asked.items()
        for who, of in (("", owner), (AS_READER, reader))
    }
    timing = alternated(ways, TURNS, warm_up=3)
    return [
        finding
        for what, (most, _) in asked.items()
        for finding in (
            found(f"{model}: {what} [ms]", timing[what].of_more(1e3), most, at_most=True),
            found(f"{model}: {what}, times for a reader", timing[what + AS_READER].over(timing[what])),
        )
    ]


def loaded(database: Database, shapes: tuple[Shape, ...]) -> None:
    """Load two models and compute what the second kind of question is about."""
    for shape in shapes:
        with arrays(shape) as files:
            load_arrays(database, files, shape, shape.name)
    pipeline.compute(database, "human_resemblance", CHOICE, progress=QUIET)


def as_reader(database: Database) -> dict[str, Any]:
    """Let a reader in; give how to connect as that reader."""
    address = conninfo_to_dict(database.dsn)
    roles.grant(database, "bench", "reader", password="of-no-use-elsewhere")
    return {**address, "user": "bench", "password": "of-no-use-elsewhere"}


def main() -> None:
    scale = asked_scale(__doc__)
    shapes = tuple(replace(whole, layers=max(11, round(scale * whole.layers))) for whole in (GPT2, LARGE))
    with made_warehouse(readers=51) as database:
        loaded(database, shapes)
        with (
            database.connect(autocommit=True, read_only=True) as owner,
            psycopg.connect(**as_reader(database), autocommit=True) as reader,
        ):
            findings = [finding for shape in shapes for finding in measured(owner, reader, HEADS, shape.name)]
            findings += measured(owner, reader, {what: (50, query) for what, query in RESULTS.items()}, "both models")
    report("queries", findings, {"cells": {shape.name: shape.cells for shape in shapes}}, scale)


if __name__ == "__main__":
    main()
