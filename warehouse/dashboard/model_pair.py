"""Two models side by side: their curves, what they add to the baselines, and every number of theirs in two columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.dashboard.choices import Choices
from warehouse.dashboard.exhibit_view import Part, exhibit_parts, wanted_of
from warehouse.dashboard.links import LINKS
from warehouse.dashboard.reading import expect_many, rows_of
from warehouse.database.types import Connection
from warehouse.report.exhibits import exhibits
from warehouse.report.tables import as_html

EXHIBITS = ("layer_curve", "explained_parts", "layer_reliance")
LEFT_OUT = (
    "model", "corpus", "measure", "language_group", "condition", "method", "leave_out", "usage_warnings",
    "extraction_id", "chosen_layers_text", "is_default", "is_whole_text",
)  # fmt: skip


@dataclass(frozen=True)
class ModelPair:
    """What is shown of two models: exhibits of the report with these models alone, and a table of all their values."""

    choices: Choices
    parts: list[Part]
    table: str


def model_pair(connection: Connection, asked: Mapping[str, str]) -> ModelPair:
    """Show the two models that the address names."""
    choices = Choices(asked)
    known = rows_of(connection, _MODELS)
    corpus = choices.pick("corpus", "Corpus", [row["corpus"] for row in known])
    names = [row["model"] for row in known if row["corpus"] == corpus]
    left = choices.pick("left", "One model", names)
    right = choices.pick("right", "The other", [name for name in names if name != left] or names)
    expect_many(connection)
    measures = rows_of(connection, _MEASURES, {"corpus": corpus})
    measure = choices.pick("measure", "Measure", [row["measure"] for row in measures])
    wanted = wanted_of(connection, {"corpus": corpus, "measure": measure}, [left, right])
    shown = [one for one in exhibits() if one.name in EXHIBITS]
    rows = rows_of(connection, _SUMMARY, {"corpus": corpus, "measure": measure, "models": [left, right]})
    return ModelPair(choices, exhibit_parts(connection, shown, wanted, choices), _beside(rows, left, right))


def _beside(rows: list[dict[str, Any]], left: str, right: str) -> str:
    """Turn the rows of two models into a table of two columns, a row for each group of readers and quantity."""
    by = {(row["language_group"], row["model"]): row for row in rows}
    groups = sorted({row["language_group"] for row in rows})
    told = [
        {"readers": group, "quantity": name.replace("_", " "), left: one.get(name), right: other.get(name)}
        for group in groups
        for one, other in [(by.get((group, left), {}), by.get((group, right), {}))]
        for name in (one or other)
        if name not in LEFT_OUT and not (one.get(name) is None and other.get(name) is None)
    ]
    return as_html(told, LINKS, label="Both models") if told else ""


_MODELS = "SELECT DISTINCT corpus, model FROM mart.extraction ORDER BY corpus, model"
_MEASURES = """
SELECT measure FROM mart.noise_ceiling WHERE corpus = %(corpus)s
GROUP BY measure ORDER BY measure LIKE 'roi_value/%%', measure
"""
_SUMMARY = """
SELECT * FROM mart.model_summary
WHERE
    corpus = %(corpus)s AND measure = %(measure)s AND model = ANY (%(models)s)
    AND condition = 'plain' AND method = 'raw'
"""
