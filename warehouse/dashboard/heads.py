"""One head beside the readers: its attention to the words of a sentence, and where readers looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.drawings import Drawing
from warehouse.dashboard.matrix import Matrix, square
from warehouse.dashboard.reading import rows_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput

EXTRACTION = {"corpus": "Corpus", "model": "Model", "condition": "Condition", "method": "Method"}
"""The columns that name an extraction, with what the page calls them."""
UNITS = {"saccade_count": "saccades", "saccade_duration": "milliseconds of landing fixations"}
NEEDS_CELLS = (
    "is kept as sums, and a head is shown by its cells",
    "its attention",
    "choose another model, or ingest it with --keep both",
)
"""Of an extraction of which no cells are kept."""
PAIRS = (Option("back", "looking back and staying"), Option("all", "all word pairs"))


@dataclass(frozen=True)
class HeadView:
    """A head and readers on the same sentence.

    Attributes
    ----------
    choices : Choices
        What is shown.
    attention, gaze : Matrix
        The head's and the readers'.
    warnings : list of str
        Usage warnings.
    correlation : float or None
        Pearson's r of the two over the word pairs that both have; None where one of them does not vary.
    pair_count : int
        How many word pairs both have.
    """

    choices: Choices
    attention: Matrix
    gaze: Matrix
    warnings: list[str]
    correlation: float | None
    pair_count: int

    def drawings(self) -> list[Drawing]:
        """Give both as charts, where they have values."""
        return [one for one in (self.attention.drawing(), self.gaze.drawing()) if one]


def head_view(connection: Connection, asked: Mapping[str, str]) -> HeadView:
    """Look up what an address asks for, and nothing else: one head, one sentence, one reader or group."""
    choices = Choices(asked)
    extraction = pick_extraction(connection, choices)
    sentence = pick_sentence(connection, choices, extraction["corpus"])
    layer = int(choices.pick("layer", "Layer", extraction["layers"]))
    key = {"extraction": extraction["extraction_id"], "layer": layer, "id": sentence["sentence_id"]}
    (heads,) = rows_of(connection, _HEADS, key)
    head = int(choices.pick("head", "Head", range(heads["head_count"] or 0)))
    words = [row["word_text"] for row in rows_of(connection, _WORDS, {"id": sentence["sentence_id"]})]
    attention = Matrix(
        f"{extraction['model']}, layer {layer}, head {head}",
        "Attention weights. A row sums to less than 1 where a token that is not a word had the rest.",
        words,
        square(len(words), [tuple(row.values()) for row in rows_of(connection, _ATTENTION, {**key, "head": head})]),
    )
    gaze = _gaze(connection, choices, extraction["corpus"], sentence["sentence_id"], words)
    gaze.values[~_wanted(choices, len(words), is_causal=extraction["is_causal"])] = np.nan
    codes = {"codes": extraction["usage_warnings"] + sentence["usage_warnings"]}
    warnings = [f"{row['usage_warning']}: {row['description']}" for row in rows_of(connection, _WARNINGS, codes)]
    return HeadView(choices, attention, gaze, warnings, *_correlation(attention.values, gaze.values))


def pick_extraction(connection: Connection, choices: Choices, corpus: str | None = None) -> dict[str, Any]:
    """Let the address pick one taking of attention, of any corpus or of this one."""
    found = [row for row in rows_of(connection, _EXTRACTIONS) if corpus in (None, row["corpus"])]
    if not found:
        raise BadInput("holds no attention yet", "the warehouse", "load some first: warehouse ingest --help")
    for name, label in EXTRACTION.items():
        if name == "corpus" and corpus:
            continue
        chosen = choices.pick(name, label, [row[name] for row in found])
        found = [row for row in found if row[name] == chosen]
    if found[0]["kept"] == "sums":
        raise BadInput(*NEEDS_CELLS)
    return found[0]


def pick_sentence(connection: Connection, choices: Choices, corpus: str) -> dict[str, Any]:
    """Let the address pick a sentence of a corpus."""
    found = {row["sentence_label"]: row for row in rows_of(connection, _SENTENCES, {"corpus": corpus})}
    options = [Option(label, f"{label}  {row['sentence_text']}") for label, row in found.items()]
    return found[choices.pick("sentence", "Sentence", options)]


def _gaze(connection: Connection, choices: Choices, corpus: str, sentence_id: int, words: list[str]) -> Matrix:
    readers = rows_of(connection, _READERS, {"corpus": corpus})
    everyone = [
        Option(group, f"{group}: mean of all readers") for group in {row["language_group"]: 0 for row in readers}
    ]
    each = [
        Option(row["subject_label"], row["subject_label"].partition("/")[2], row["language_group"]) for row in readers
    ]
    reader = choices.pick("reader", "Readers", [*everyone, *each])
    group, _, label = reader.partition("/")
    quantity, _, rule = choices.pick(
        "measure", "Measure", [row["measure"] for row in rows_of(connection, _MEASURES)]
    ).partition("/")
    key = {"corpus": corpus, "id": sentence_id, "rule": rule, "group": group, "label": reader if label else None}
    cells = rows_of(connection, _SACCADES, key)
    count = cells[0]["subject_count"] if cells else 0
    who = f"{label} ({group})" if label else f"{group} readers"
    told = (
        f"Mean {UNITS[quantity]} of {count} readers." if not label else f"{UNITS[quantity].capitalize()} of one reader."
    )
    said = told if cells else f"Not shown to {who}, or left out."
    return Matrix(
        who, said, words, square(len(words), [(row["from_word"], row["to_word"], row[quantity]) for row in cells])
    )


def _wanted(choices: Choices, size: int, *, is_causal: bool) -> np.ndarray:
    """Give the word pairs to show of the readers; those that a causal model cannot have only where asked for."""
    pairs = choices.pick("pairs", "Saccades", PAIRS if is_causal else PAIRS[::-1])
    return np.tri(size, dtype=bool) if pairs == "back" else np.ones((size, size), dtype=bool)


def _correlation(attention: np.ndarray, gaze: np.ndarray) -> tuple[float | None, int]:
    both = np.isfinite(attention) & np.isfinite(gaze)
    left, right = attention[both], gaze[both]
    varies = both.any() and np.ptp(left) > 0 and np.ptp(right) > 0
    return (float(np.corrcoef(left, right)[0, 1]) if varies else None), int(both.sum())


_EXTRACTIONS = """
SELECT corpus, model, condition, method, extraction_id, layers, is_causal, kept, usage_warnings
FROM mart.extraction ORDER BY corpus, kept = 'sums', extraction_id
"""
_HEADS = """
SELECT max(head) + 1 AS head_count FROM mart.attention_cell
WHERE
    extraction_id = %(extraction)s AND layer = %(layer)s AND sentence_id = %(id)s AND from_word = 0 AND to_word = 0
"""
_SENTENCES = """
SELECT sentence_label, sentence_text, sentence_id, usage_warnings
FROM mart.sentence WHERE corpus = %(corpus)s ORDER BY article_position, sentence_position
"""
_READERS = """
SELECT language_group, subject_label FROM mart.reader
WHERE corpus = %(corpus)s AND excluded_because IS NULL ORDER BY language_group, subject_label
"""
_WARNINGS = """
SELECT DISTINCT usage_warning, description FROM mart.usage_warning WHERE usage_warning = ANY (%(codes)s) ORDER BY 1
"""
_WORDS = "SELECT word_text FROM mart.word WHERE sentence_id = %(id)s ORDER BY word_position"
_MEASURES = "SELECT measure FROM mart.measure WHERE saccade_rule IS NOT NULL AND reading = '1' ORDER BY measure"
_ATTENTION = """
SELECT from_word, to_word, weight FROM mart.attention_cell
WHERE extraction_id = %(extraction)s AND layer = %(layer)s AND head = %(head)s AND sentence_id = %(id)s
"""
_SACCADES = """
SELECT
    from_word,
    to_word,
    avg(saccade_count)::double precision AS saccade_count,
    avg(landing_duration_ms)::double precision AS saccade_duration,
    count(*) AS subject_count
FROM mart.saccade_cell
WHERE
    corpus = %(corpus)s AND sentence_id = %(id)s AND saccade_rule = %(rule)s AND language_group = %(group)s
    AND (%(label)s::text IS NULL OR subject_label = %(label)s) AND reading_ordinal = 1
GROUP BY from_word, to_word
"""
