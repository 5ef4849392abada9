"""Two models side by side: their curves, what they add to the baselines, and every number of theirs in two columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.dashboard.choices import Choices
from warehouse.dashboard.drawings import InSections, Section, drawing
from warehouse.dashboard.exhibit_view import Part, exhibit_parts, wanted_of
from warehouse.dashboard.links import LINKS
from warehouse.dashboard.reading import expect_many, rows_of
from warehouse.database.types import Connection
from warehouse.report.exhibits import exhibits
from warehouse.report.tables import as_html

EXHIBITS = ("layer_curve", "explained_parts", "layer_reliance")
LONGEST = 40
"""So many letters of a model's name fit above a column."""
LEFT_OUT = (
    "model", "corpus", "measure", "language_group", "condition", "method", "leave_out", "usage_warnings",
    "extraction_id", "chosen_layers_text", "is_default", "is_whole_text",
)  # fmt: skip


@dataclass(frozen=True)
class ModelPair(InSections):
    """What is shown of two models.

    Attributes
    ----------
    choices : Choices
        Which two, over which corpus.
    parts : list of Part
        Exhibits of the report with these models alone.
    table : str
        All their values, as HTML.
    sections : list of Section
        How far their attention differs.
    """

    choices: Choices
    parts: list[Part]
    table: str
    sections: list[Section] = field(default_factory=list)


def model_pair(connection: Connection, asked: Mapping[str, str]) -> ModelPair:
    """Show the two models that the address names."""
    choices = Choices(asked)
    known = rows_of(connection, _MODELS)
    corpus = choices.pick("corpus", "Corpus", [row["corpus"] for row in known])
    names = [row["model"] for row in known if row["corpus"] == corpus]
    left = choices.pick("left", "One model", names)
    right = choices.pick("right", "The other", [name for name in names if name != left] or names)
    expect_many(connection)
    chosen = {"corpus": corpus, **_measure(connection, choices, corpus)}
    wanted = wanted_of(connection, chosen, [left, right])
    shown = [one for one in exhibits() if one.name in EXHIBITS]
    rows = rows_of(connection, _SUMMARY, {"measure": None, **chosen, "models": [left, right]})
    parts = exhibit_parts(connection, shown, wanted, choices)
    divergence = _divergence(connection, {"corpus": corpus, "models": [left, right]})
    return ModelPair(choices, parts, _beside(rows, left, right), [divergence])


def _measure(connection: Connection, choices: Choices, corpus: str) -> dict[str, str]:
    """Let the address pick a measure of readers; none where nothing of readers is computed yet."""
    known = [row["measure"] for row in rows_of(connection, _MEASURES, {"corpus": corpus})]
    return {"measure": choices.pick("measure", "Measure", known)} if known else {}


def _divergence(connection: Connection, key: dict[str, Any]) -> Section:
    heading = "How far their attention differs"
    rows = rows_of(connection, _DIVERGENCE, key)
    axes = {"x": "depth", "y": "js_nats", "error": "js_standard_error_nats", "series": "pair", "panel": "panel"}
    labels = {"x": "Layer or quarter of the layers (from 0)", "y": "Jensen-Shannon divergence [nats]"}
    shown = drawing("curve", rows, axes, labels, heading, {"0": "the same"})
    caption = (
        "Mean over words, heads and sentences; bars are standard errors over sentences. Models of equal depth and "
        "heads are compared head by head, others on attention averaged over the heads and layers of a quarter, which "
        "is another quantity. "
        "Each model beside itself after another text, where that is computed, says what a prefix changes."
    )
    absent = (
        "Nothing to show: run `warehouse compute attention-divergence`; models with layers in common can be compared."
    )
    return Section(heading, caption, shown, absent)


def _beside(rows: list[dict[str, Any]], left: str, right: str) -> str:
    """Turn the rows of two models into a table of two columns, a row for each group of readers and quantity."""
    names = headings(left, right)
    by = {(row["language_group"], row["model"]): row for row in rows}
    groups = sorted({row["language_group"] for row in rows})
    told = [
        {"readers": group, "quantity": name.replace("_", " "), names[0]: one.get(name), names[1]: other.get(name)}
        for group in groups
        for one, other in [(by.get((group, left), {}), by.get((group, right), {}))]
        for name in (one or other)
        if name not in LEFT_OUT and not (one.get(name) is None and other.get(name) is None)
    ]
    return as_html(told, LINKS, label="Both models") if told else ""


def headings(left: str, right: str) -> tuple[str, str]:
    """Shorten long names in the middle, so that both columns fit; not where they would be the same."""
    short = [f"{name[:26]}…{name[-13:]}" if len(name) > LONGEST else name for name in (left, right)]
    return (short[0], short[1]) if short[0] != short[1] else (left, right)


_MODELS = "SELECT DISTINCT corpus, model FROM mart.extraction ORDER BY corpus, model"
_MEASURES = """
SELECT measure FROM mart.noise_ceiling WHERE corpus = %(corpus)s
GROUP BY measure ORDER BY measure LIKE 'roi_value/%%', measure
"""
_DIVERGENCE = """
SELECT
    concat_ws(
        ' / ',
        concat_ws(', ', left_model, NULLIF(left_condition, 'plain')),
        concat_ws(', ', right_model, NULLIF(right_condition, 'plain'))
    ) AS pair,
    CASE depth_kind WHEN 'layer' THEN 'by layer, head by head' ELSE 'by quarter, heads averaged' END AS panel,
    comparison,
    depth,
    CASE depth_kind WHEN 'layer' THEN js_nats ELSE js_head_averaged_nats END AS js_nats,
    CASE depth_kind
        WHEN 'layer' THEN js_standard_error_nats ELSE js_head_averaged_standard_error_nats
    END AS js_standard_error_nats,
    sentence_count,
    run_id,
    usage_warnings
FROM mart.divergence_curve
WHERE
    corpus = %(corpus)s AND leave_out = '[]'
    AND left_model = ANY (%(models)s) AND right_model = ANY (%(models)s)
ORDER BY panel, left_model <> right_model DESC, pair, comparison, depth
"""
_SUMMARY = """
SELECT * FROM mart.model_summary
WHERE
    corpus = %(corpus)s AND measure = %(measure)s AND model = ANY (%(models)s)
    AND condition = 'plain' AND method = 'raw'
"""
