"""A reader: how one sentence was read, word by word, and how well models explain where this reader looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.drawings import InSections, Section, drawing
from warehouse.dashboard.heads import pick_sentence
from warehouse.dashboard.links import LINKS
from warehouse.dashboard.picking import pick_models
from warehouse.dashboard.reading import WITHOUT_ATTENTION, expect_many, rows_of
from warehouse.database.types import Connection
from warehouse.report.tables import as_html

MEASURES = {
    "first_fixation_duration_ms": "first fixation", "gaze_duration_ms": "gaze duration",
    "go_past_time_ms": "go-past time", "total_reading_time_ms": "total reading time",
}  # fmt: skip
"""Measures of reading that are drawn by word."""
LEFT_OUT = (
    "subject_id", "subject_label", "usage_warnings", "demographics", "demographics_text", "excluded_because",
    "is_excluded",
)  # fmt: skip
SCORES = (Option("r2", "R2, in-sample"), Option("cv_r2", "R2, articles held out"))


@dataclass(frozen=True)
class ReaderView(InSections):
    """What is shown of a reader.

    Attributes
    ----------
    choices : Choices
        Who, which sentence, which measure.
    table : str
        What is known of the reader, as HTML.
    excluded : str
        Why analyses leave this reader out; empty where they do not.
    sections : list of Section
        How a sentence was read, and what explains it.
    """

    choices: Choices
    table: str
    excluded: str
    sections: list[Section]


def reader_view(connection: Connection, asked: Mapping[str, str]) -> ReaderView:
    """Show the reader that the address names."""
    choices = Choices(asked)
    known = rows_of(connection, _READERS)
    # first the corpus of a reader who is named alone
    named = [row for row in known if row["reader"] == asked.get("reader")]
    corpus = choices.pick("corpus", "Corpus", [row["corpus"] for row in [*named, *known]])
    readers = {row["reader"]: row for row in known if row["corpus"] == corpus}
    who = readers[
        choices.pick("reader", "Reader", [Option(name, name, row["language_group"]) for name, row in readers.items()])
    ]
    sentence = pick_sentence(connection, choices, corpus)
    key = {"subject": who["subject_id"], "sentence": sentence["sentence_id"], "corpus": corpus}
    told = {name: value for name, value in who.items() if name not in LEFT_OUT} | (who["demographics"] or {})
    sections = [_path(connection, key), _words(connection, key), _resemblance(connection, choices, key)]
    return ReaderView(choices, as_html([told], LINKS, label="Reader"), who["excluded_because"] or "", sections)


def _path(connection: Connection, key: Mapping[str, Any]) -> Section:
    heading = "Where the eyes went"
    axes = {"x": "word_position", "y": "fixation", "value": "duration_ms", "label": "word_text"}
    rows = rows_of(connection, _FIXATIONS, dict(key))
    is_read = any(row["fixation"] is not None for row in rows)
    shown = drawing("scanpath", rows, axes, {"x": "Word", "y": "Fixation (from 0)"}, heading) if is_read else None
    return Section(heading, "Fixations of the first reading in their order, the larger the longer.", shown, _UNREAD)


def _words(connection: Connection, key: Mapping[str, Any]) -> Section:
    heading = "How long each word was read"
    rows = [
        {"word_position": row["word_position"], "word_text": row["word_text"], "measure": label, "ms": row[name]}
        for name, label in MEASURES.items()
        for row in rows_of(connection, _MEASURED, dict(key))
    ]
    axes = {"x": "word_position", "y": "ms", "series": "measure", "label": "word_text"}
    shown = drawing("curve", rows, axes, {"x": "Word", "y": "Time [ms]"}, heading)
    caption = "First pass, go-past and total; a word that was skipped in the first pass has none of it."
    return Section(heading, caption, shown, _UNREAD)


def _resemblance(connection: Connection, choices: Choices, key: Mapping[str, Any]) -> Section:
    expect_many(connection)
    heading = "How well models explain where this reader looks"
    models = pick_models(connection, choices, key["corpus"])
    score = choices.pick("score", "Score", SCORES)
    measures = rows_of(connection, _SCORED, dict(key))
    absent = "Nothing to show: run `warehouse compute human-resemblance`, which leaves out readers who are excluded."
    if not measures:
        return Section(heading, "", None, absent)
    measure = choices.pick("measure", "Measure", [row["measure"] for row in measures])
    rows = rows_of(connection, _CURVES, {**key, "measure": measure, "models": models})
    axes = {"x": "layer", "y": score, "series": "model"}
    shown = drawing("curve", rows, axes, {"x": "Layer", "y": "R2"}, heading)
    return Section(heading, "R2 of this reader on all heads of a layer; plain text, raw attention.", shown, absent)


_UNREAD = "This sentence was not shown to this reader, or is left out."
_READERS = f"SELECT * FROM mart.reader ORDER BY {WITHOUT_ATTENTION}, corpus, is_excluded, language_group, reader"
_FIXATIONS = """
SELECT
    word.word_position,
    word.word_text,
    fixation.fixation_ordinal AS fixation,
    fixation.start_ms,
    fixation.duration_ms
FROM mart.word
LEFT JOIN mart.fixation
    ON
        fixation.sentence_id = word.sentence_id
        AND fixation.word_position = word.word_position
        AND fixation.subject_id = %(subject)s
        AND fixation.reading_ordinal = 1
WHERE word.sentence_id = %(sentence)s
ORDER BY fixation.fixation_ordinal NULLS LAST, word.word_position
"""
_MEASURED = """
SELECT * FROM mart.reading_measure
WHERE subject_id = %(subject)s AND sentence_id = %(sentence)s AND reading_ordinal = 1 ORDER BY word_position
"""
_SCORED = """
SELECT measure FROM mart.human_resemblance
WHERE subject_id = %(subject)s AND condition = 'plain' AND method = 'raw'
GROUP BY measure ORDER BY measure LIKE 'roi_value/%%', measure
"""
_CURVES = """
SELECT model, layer, r2, cv_r2, cell_count, run_id FROM mart.human_resemblance
WHERE
    subject_id = %(subject)s AND measure = %(measure)s AND condition = 'plain' AND method = 'raw'
    AND (%(models)s::text[] IS NULL OR model = ANY (%(models)s))
ORDER BY model, layer
"""
