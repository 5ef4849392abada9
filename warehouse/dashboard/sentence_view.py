"""A sentence: how long groups of readers took for each word, where they looked, and all heads of a layer in small."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.drawings import Drawing, drawing
from warehouse.dashboard.heads import pick_extraction, pick_sentence
from warehouse.dashboard.reading import WITHOUT_ATTENTION, rows_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput

MEASURES = (
    Option("mean_total_reading_time_ms", "total reading time"), Option("mean_gaze_duration_ms", "gaze duration"),
    Option("mean_go_past_time_ms", "go-past time"), Option("mean_first_fixation_duration_ms", "first fixation"),
)  # fmt: skip
CELLS = {"x": "to_word", "y": "from_word", "value": "value", "label": "word_text", "panel": "panel"}


@dataclass(frozen=True)
class SentenceView:
    """What is shown of a sentence.

    Attributes
    ----------
    choices : Choices
        Which sentence, which model and layer.
    text : str
        The sentence.
    sections : list of (str, str, Drawing or None, str)
        Heading, caption, chart, and what is said where there is none.
    """

    choices: Choices
    text: str
    sections: list[tuple[str, str, Drawing | None, str]]


def sentence_view(connection: Connection, asked: Mapping[str, str]) -> SentenceView:
    """Show the sentence that the address names."""
    choices = Choices(asked)
    known = rows_of(connection, f"SELECT corpus FROM mart.corpus ORDER BY {WITHOUT_ATTENTION}, corpus")
    corpus = choices.pick("corpus", "Corpus", [row["corpus"] for row in known])
    sentence = pick_sentence(connection, choices, corpus)
    key = {"sentence": sentence["sentence_id"]}
    sections = [_words(connection, choices, key), _gaze(connection, key), _heads(connection, choices, corpus, sentence)]
    return SentenceView(choices, sentence["sentence_text"], sections)


def _words(connection: Connection, choices: Choices, key: Mapping[str, Any]) -> tuple[str, str, Drawing | None, str]:
    heading = "How long each word was read"
    measure = choices.pick("reading", "Reading time", MEASURES)
    rows = rows_of(connection, _MEASURED, dict(key))
    axes = {"x": "word_position", "y": measure, "series": "language_group", "label": "word_text"}
    shown = drawing("curve", rows, axes, {"x": "Word", "y": "Mean over readers [ms]"}, heading)
    return heading, "Mean over the readers of a group, in their first reading.", shown, "Nobody read this sentence."


def _gaze(connection: Connection, key: Mapping[str, Any]) -> tuple[str, str, Drawing | None, str]:
    heading = "Where readers looked"
    rows = rows_of(connection, _SACCADES, dict(key))
    shown = drawing("matrix", rows, CELLS, {"x": "to", "y": "from"}, heading)
    caption = (
        "Mean transitions (rule: consecutive) from the word at the left back to an earlier word or the word itself."
    )
    return heading, caption, shown, "Nobody read this sentence."


def _heads(
    connection: Connection, choices: Choices, corpus: str, sentence: Mapping[str, Any]
) -> tuple[str, str, Drawing | None, str]:
    heading = "All heads of a layer"
    try:
        extraction = pick_extraction(connection, choices, corpus)
    except BadInput as error:
        return heading, "", None, str(error)
    layer = choices.pick("layer", "Layer", extraction["layers"])
    named = {name: extraction[name] for name in ("corpus", "model", "condition", "method")}
    key = {"extraction": extraction["extraction_id"], "layer": int(layer), "sentence": sentence["sentence_id"]}
    rows = rows_of(connection, _ATTENTION, key)
    for row in rows:
        row["link"] = "/heads" + Choices({}).address(
            {**named, "layer": layer, "head": str(row["head"]), "sentence": sentence["sentence_label"]}
        )
    shown = drawing("thumbnail", rows, CELLS | {"link": "link"}, {"x": "to", "y": "from"}, heading)
    caption = (
        f"{extraction['model']}, layer {layer}, one scale for all heads; a cell leads to its head beside the readers."
    )
    return heading, caption, shown, "The model did not read this sentence."


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
