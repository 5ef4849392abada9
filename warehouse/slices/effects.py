"""What two sides of a comparison score reader by reader, with the ceilings that they are divided by."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from warehouse.slices.reading import Reading, Work
from warehouse.slices.resemblance import Key, digest, keys, wanted

SCORES = ("r2", "cv_r2", "nested_cv_r2", "ceiling", "leave_one_out_ceiling", "cv_ceiling", "nested_unique_r2")
READER_SCORE = np.dtype([("subject_id", np.int64), *((name, float) for name in SCORES)])
TUNED_SCORE = np.dtype([
    ("model", "U200"), ("is_word_aligned", bool), ("base", READER_SCORE), ("tuned", READER_SCORE),
])  # fmt: skip


def left_group_scores(reading: Reading, work: Work) -> np.ndarray:
    """Give the scores of the left group's readers at the best layer, (n_subjects,) of `READER_SCORE`."""
    return _scores(reading, work["extraction_id"], work["measure_id"], work["left_group"])


def right_group_scores(reading: Reading, work: Work) -> np.ndarray:
    """Give the scores of the right group's readers at the best layer, (n_subjects,) of `READER_SCORE`."""
    return _scores(reading, work["extraction_id"], work["measure_id"], work["right_group"])


def group_score_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a comparison of two groups is made of."""
    return {"scores": digest((_values(left_group_scores(reading, work)), _values(right_group_scores(reading, work))))}


def group_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units of results that a comparison of two groups is made of."""
    sides = (work["left_group"], work["right_group"])
    return _unit_ids(reading, [(work["extraction_id"], work["measure_id"], group) for group in sides])


def tuned_scores(reading: Reading, work: Work) -> np.ndarray:
    """Give the scores of each tuned model beside its base by reader, (n_pairs * n_subjects,) of `TUNED_SCORE`."""
    rows = [row for pair in _pairs(reading, work) for row in _beside(reading, work, *pair)]
    return np.array(rows, dtype=TUNED_SCORE)


def tuned_score_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a comparison of tuned models with their bases is made of."""
    found = tuned_scores(reading, work)
    named = np.array(found["model"].tolist(), dtype="S200"), found["is_word_aligned"].copy()
    return {"scores": digest((*named, _values(found["base"]), _values(found["tuned"])))}


def tuned_unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units of results that a comparison of tuned models with their bases is made of."""
    sides = {number for _, _, *numbers in _pairs(reading, work) for number in numbers}
    return _unit_ids(reading, [(number, work["measure_id"], work["language_group"]) for number in sorted(sides)])


def look_ahead_at_tuned(reading: Reading, works: Sequence[Work]) -> None:
    """Ask at once for the scores of the tuned models of some units, and of their bases."""
    asked = [
        (number, work["measure_id"], work["language_group"])
        for work in works
        for _, _, *numbers in _pairs(reading, work)
        for number in numbers
    ]
    reading.look_ahead("reader scores", asked, lambda lacking: _pull(reading, lacking))


def _pairs(reading: Reading, work: Work) -> Sequence[tuple[str, bool, int, int]]:
    """Give each tuned model, whether it and its base are aligned to words, and the numbers of the base and of it."""
    key = (work["corpus_id"], work["condition_id"], work["method"])

    def ask() -> list[Any]:
        return reading.connection.execute(_PAIRS, key).fetchall()

    found: Sequence[tuple[str, bool, int, int]] = reading.remember("tuned pairs", key, ask, at_most=4)
    return found


def _values(scores: np.ndarray) -> np.ndarray:
    """Give the numbers of scores, without the ids that readers have here only, (n_subjects, n_scores)."""
    return np.stack([scores[name] for name in SCORES], axis=1)


def _unit_ids(reading: Reading, keys: list[tuple[int, int, str]]) -> np.ndarray:
    left_out = reading.left_out
    found = [reading.arrays(_UNITS, {**dict(zip(_KEYS, key, strict=True)), "leave_out": left_out})[0] for key in keys]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _beside(
    reading: Reading, work: Work, model: str, is_word_aligned: bool, base_id: int, tuned_id: int
) -> Iterator[tuple[str, bool, np.void, np.void]]:
    """Yield the readers that both models have scores of."""
    group = work["measure_id"], work["language_group"]
    base, tuned = _scores(reading, base_id, *group), _scores(reading, tuned_id, *group)
    of_base = {row["subject_id"]: row for row in base}
    for row in tuned:
        if row["subject_id"] in of_base:
            yield model, is_word_aligned, of_base[row["subject_id"]], row


def _scores(reading: Reading, extraction_id: int, measure_id: int, group: str) -> np.ndarray:
    key = (extraction_id, measure_id, group)
    found: np.ndarray = reading.remember("reader scores", key, lambda: _pull(reading, [key])[key], at_most=64)
    return found


def look_ahead(reading: Reading, works: Sequence[Work]) -> None:
    """Ask at once for the scores of both groups of some units."""
    asked = [key for work in works for key in keys(work)]
    reading.look_ahead("reader scores", asked, lambda lacking: _pull(reading, lacking))


def _pull(reading: Reading, keys: Sequence[Key]) -> dict[Key, np.ndarray]:
    rows = reading.connection.execute(_SCORES, {**wanted(keys), "leave_out": reading.left_out}).fetchall()
    of_key = defaultdict[Any, list[Any]](list)
    for row in rows:
        of_key[row[:3]].append(tuple(np.nan if v is None else v for v in row[3:]))
    return {key: np.array(of_key[key], dtype=READER_SCORE) for key in keys}


_PAIRS = """
SELECT extraction_pair.right_model, base.alignment = 'word' AND tuned.alignment = 'word',
    extraction_pair.left_extraction_id, extraction_pair.right_extraction_id
FROM current.extraction_pair
JOIN model.extraction AS base ON base.extraction_id = extraction_pair.left_extraction_id
JOIN model.extraction AS tuned ON tuned.extraction_id = extraction_pair.right_extraction_id
WHERE
    extraction_pair.comparison = 'tuning' AND extraction_pair.corpus_id = %s AND tuned.condition_id = %s
    AND extraction_pair.method = %s
ORDER BY extraction_pair.right_model
"""
# what is unique to attention is looked at once, for these extractions, and not for each reader
_SCORES = """
WITH beyond AS MATERIALIZED (
    SELECT extraction_id, measure_id, language_group, subject_label, nested_unique_r2
    FROM slice.nested_unique
    WHERE
        extraction_id = ANY (%(extraction_ids)s) AND measure_id = ANY (%(measure_ids)s)
        AND language_group = ANY (%(groups)s) AND leave_out = %(leave_out)s AND predictor_set = 'baseline47'
)

SELECT
    best.extraction_id, best.measure_id, best.language_group,
    resemblance.subject_id, resemblance.r2, resemblance.cv_r2, nested_resemblance.nested_cv_r2,
    reader_ceiling.ceiling, reader_ceiling.leave_one_out_ceiling, reader_ceiling.cv_ceiling, beyond.nested_unique_r2
FROM (
    SELECT DISTINCT ON (extraction_id, measure_id, language_group)
        extraction_id, measure_id, language_group, leave_out, layer
    FROM slice.layer_curve
    WHERE
        extraction_id = ANY (%(extraction_ids)s) AND measure_id = ANY (%(measure_ids)s)
        AND language_group = ANY (%(groups)s) AND leave_out = %(leave_out)s
    ORDER BY extraction_id, measure_id, language_group, r2 DESC NULLS LAST, layer
) AS best
JOIN current.human_resemblance AS resemblance USING (extraction_id, measure_id, leave_out, layer)
JOIN human.subject ON subject.subject_id = resemblance.subject_id AND subject.language_group = best.language_group
LEFT JOIN current.nested_resemblance
    ON
        nested_resemblance.extraction_id = resemblance.extraction_id
        AND nested_resemblance.measure_id = resemblance.measure_id
        AND nested_resemblance.leave_out = resemblance.leave_out
        AND nested_resemblance.subject_id = resemblance.subject_id
LEFT JOIN current.reader_ceiling
    ON
        reader_ceiling.measure_id = resemblance.measure_id
        AND reader_ceiling.leave_out = resemblance.leave_out
        AND reader_ceiling.subject_id = resemblance.subject_id
LEFT JOIN beyond
    ON
        beyond.extraction_id = best.extraction_id
        AND beyond.measure_id = best.measure_id
        AND beyond.language_group = best.language_group
        AND beyond.subject_label = subject.subject_label
WHERE resemblance.r2 IS NOT NULL
ORDER BY resemblance.subject_id
"""

_KEYS = ("extraction_id", "measure_id", "language_group")
_UNITS = """
SELECT array_agg(unit_id)
FROM (
    SELECT found.unit_id
    FROM current.human_resemblance AS found
    JOIN human.subject USING (subject_id)
    WHERE
        found.extraction_id = %(extraction_id)s AND found.measure_id = %(measure_id)s
        AND subject.language_group = %(language_group)s AND found.leave_out = %(leave_out)s
    UNION
    SELECT found.unit_id
    FROM current.nested_resemblance AS found
    JOIN human.subject USING (subject_id)
    WHERE
        found.extraction_id = %(extraction_id)s AND found.measure_id = %(measure_id)s
        AND subject.language_group = %(language_group)s AND found.leave_out = %(leave_out)s
    UNION
    SELECT found.unit_id
    FROM current.reader_ceiling AS found
    JOIN current.human_resemblance AS of_reader USING (measure_id, subject_id, leave_out)
    WHERE
        of_reader.extraction_id = %(extraction_id)s AND found.measure_id = %(measure_id)s
        AND found.language_group = %(language_group)s AND found.leave_out = %(leave_out)s
    UNION
    SELECT found.unit_id
    FROM current.unique_variance AS found
    WHERE
        found.extraction_id = %(extraction_id)s AND found.measure_id = %(measure_id)s
        AND found.language_group = %(language_group)s AND found.leave_out = %(leave_out)s
        AND found.predictor_set = 'baseline47'
) AS unit
"""
