"""A sentence: how long groups of readers took for each word, where they looked beside a head, all heads in small."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.drawings import InSections, Section, drawing
from warehouse.dashboard.heads import pick_extraction, pick_sentence
from warehouse.dashboard.reading import WITHOUT_ATTENTION, rows_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput

MEASURES = (
    Option("mean_total_reading_time_ms", "total reading time"), Option("mean_gaze_duration_ms", "gaze duration"),
    Option("mean_go_past_time_ms", "go-past time"), Option("mean_first_fixation_duration_ms", "first fixation"),
)  # fmt: skip
SHAPES = (Option("arcs", "arcs"), Option("matrix", "matrices"))
CELLS = {
    "x": "to_word", "y": "from_word", "value": "value", "label": "word_text", "panel": "panel", "link": "link",
}  # fmt: skip


@dataclass(frozen=True)
class SentenceView(InSections):
    """What is shown of a sentence.

    Attributes
    ----------
    choices : Choices
        Which sentence, which model, layer and head.
    text : str
        The sentence.
    sections : list of Section
        Reading times, transitions beside a head, all heads of its layer.
    """

    choices: Choices
    text: str
    sections: list[Section]


@dataclass(frozen=True)
class LayerAttention:
    """The attention of all heads of a layer to the words of a sentence, or why there is none."""

    title: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    absent: str = "The model did not read this sentence."


def sentence_view(connection: Connection, asked: Mapping[str, str]) -> SentenceView:
    """Show the sentence that the address names."""
    choices = Choices(asked)
    known = rows_of(connection, _CORPORA, {"sentence": asked.get("sentence")})
    corpus = choices.pick("corpus", "Corpus", [row["corpus"] for row in known])
    sentence = pick_sentence(connection, choices, corpus)
    key = {"sentence": sentence["sentence_id"]}
    words = _words(connection, choices, key)
    attention = _attention(connection, choices, corpus, sentence)
    sections = [words, _looking(connection, choices, key, attention), _heads(attention)]
    return SentenceView(choices, sentence["sentence_text"], sections)


def _words(connection: Connection, choices: Choices, key: Mapping[str, Any]) -> Section:
    heading = "How long each word was read"
    measure = choices.pick("reading", "Reading time", MEASURES)
    rows = rows_of(connection, _MEASURED, dict(key))
    axes = {"x": "word_position", "y": measure, "series": "language_group", "label": "word_text"}
    shown = drawing("curve", rows, axes, {"x": "Word", "y": "Mean over readers [ms]"}, heading)
    caption = "Mean over the readers of a group, in their first reading."
    return Section(heading, caption, shown, "Nobody read this sentence.")


def _attention(connection: Connection, choices: Choices, corpus: str, sentence: Mapping[str, Any]) -> LayerAttention:
    try:
        extraction = pick_extraction(connection, choices, corpus)
    except BadInput as error:
        return LayerAttention(absent=str(error))
    layer = choices.pick("layer", "Layer", extraction["layers"])
    named = {name: extraction[name] for name in ("corpus", "model", "condition", "method")}
    key = {"extraction": extraction["extraction_id"], "layer": int(layer), "sentence": sentence["sentence_id"]}
    rows = rows_of(connection, _ATTENTION, key)
    for row in rows:
        row["link"] = "/heads" + Choices({}).address(
            {**named, "layer": layer, "head": str(row["head"]), "sentence": sentence["sentence_label"]}
        )
    return LayerAttention(f"{extraction['model']}, layer {layer}", rows)


def _looking(connection: Connection, choices: Choices, key: Mapping[str, Any], attention: LayerAttention) -> Section:
    """Show a head beside the groups of readers, each on its own scale: weights and transitions differ in kind."""
    heading = "Where a head and readers look" if attention.rows else "Where readers looked"
    rows = [{**row, "link": ""} for row in rows_of(connection, _SACCADES, dict(key))]
    if attention.rows:
        head = int(choices.pick("head", "Head", dict.fromkeys(row["head"] for row in attention.rows)))
        rows = [*_of_head(attention, head), *rows]
    shape = choices.pick("shape", "Shown as", SHAPES)
    labels = {"x": ""} if shape == "arcs" else {"x": "to", "y": "from"}
    shown = drawing(shape, rows, {**CELLS, "scale": "panel"}, labels, heading)
    caption = (
        "From each word back to an earlier word, or to the word itself (a point, the diagonal): attention weights, and "
        "mean transitions by the rule consecutive. Each panel has the scale of its own largest value; of arcs, the 60 "
        "largest are drawn."
    )
    return Section(heading, caption, shown, "Nobody read this sentence.")


def _of_head(attention: LayerAttention, head: int) -> list[dict[str, Any]]:
    """Give the rows of a head as those of readers are."""
    panel = f"{attention.title}, head {head}"
    kept = ("from_word", "to_word", "word_text", "value")
    return [
        {"panel": panel, **{name: row[name] for name in kept}, "subject_count": None, "link": row["link"]}
        for row in attention.rows
        if row["head"] == head
    ]


def _heads(attention: LayerAttention) -> Section:
    heading = "All heads of a layer"
    shown = drawing("thumbnail", attention.rows, CELLS, {"x": "to", "y": "from"}, heading)
    caption = f"{attention.title}, one scale for all heads; a cell leads to its head beside the readers."
    return Section(heading, caption, shown, attention.absent)


_CORPORA = f"""
SELECT corpus FROM mart.corpus
ORDER BY
    corpus NOT IN (SELECT sentence.corpus FROM mart.sentence WHERE sentence.sentence_label = %(sentence)s),
    {WITHOUT_ATTENTION}, corpus
"""
"""Those first that have a sentence which the address names without a corpus."""
_MEASURED = """
SELECT * FROM mart.word_measure WHERE sentence_id = %(sentence)s AND reading_ordinal = 1
ORDER BY language_group, word_position
"""
_SACCADES = """
SELECT
    cell.language_group || ' readers' AS panel,
    cell.from_word,
    cell.to_word,
    word.word_text,
    avg(cell.saccade_count)::double precision AS value,
    count(*) AS subject_count
FROM mart.saccade_cell AS cell
JOIN mart.word ON word.sentence_id = cell.sentence_id AND word.word_position = cell.from_word
WHERE
    cell.sentence_id = %(sentence)s AND cell.saccade_rule = 'consecutive' AND cell.reading_ordinal = 1
    AND cell.to_word <= cell.from_word
GROUP BY cell.language_group, cell.from_word, cell.to_word, word.word_text
ORDER BY 1, 2, 3
"""
_ATTENTION = """
SELECT
    'head ' || cell.head AS panel,
    cell.head,
    cell.from_word,
    cell.to_word,
    word.word_text,
    cell.weight AS value
FROM mart.attention_cell AS cell
JOIN mart.word ON word.sentence_id = cell.sentence_id AND word.word_position = cell.from_word
WHERE cell.extraction_id = %(extraction)s AND cell.layer = %(layer)s AND cell.sentence_id = %(sentence)s
ORDER BY cell.head, cell.from_word, cell.to_word
"""
