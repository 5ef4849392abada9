"""The scores of models, from what is stored of each reader and sentence.

Averages that the server takes depend on its plan in the last digits, and digests of them come and go. So the stored
values are fetched, put into one order and digested; their means are exact sums, whatever the order.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from warehouse.slices.reading import Reading, Work

MODEL_SCORE = np.dtype([
    ("model", "U200"), ("is_pretrained", bool), ("is_word_aligned", bool), ("parameter_count", float), ("loss", float),
    ("resemblance", float), ("adjusted_resemblance", float), ("cv_resemblance", float), ("nested_resemblance", float),
    ("unique_resemblance", float),
])  # fmt: skip
KEY = ("corpus_id", "condition_id", "method", "measure_id", "language_group")
R2_KINDS = ("r2", "adjusted_r2", "cv_r2")


@dataclass(frozen=True)
class StoredScores:
    """What the scores of a unit's models are made of.

    Attributes
    ----------
    models : list of tuple
        `extraction_id`, the model's name, whether it is pretrained and aligned to words, its parameters, and its loss:
        as published, and of each sentence; by name.
    r2 : dict of int to ndarray (n_rows, 5)
        By extraction: layer, reader, and R2 of each of `R2_KINDS`, by layer and reader; nan where there is none.
    ceilings : dict of str to float
        By kind; those that are there.
    nested : dict of int to float
        By extraction: resemblance with the layer chosen on other articles; those that are there.
    unique : dict of int to float
        By extraction: what the heads add to the baseline on held-out articles, with the layer chosen on the other
        articles, over their ceiling; those that are there.
    """

    models: list[tuple[Any, ...]]
    r2: dict[int, np.ndarray]
    ceilings: dict[str, float | None]
    nested: dict[int, float | None]
    unique: dict[int, float | None]


def model_scores(reading: Reading, work: Work) -> np.ndarray:
    """Give the best layer of each model of a unit, (n_models,) of `MODEL_SCORE`; nan where something is not known."""
    found = _stored(reading, work)
    return np.array(list(_scores(found)), dtype=MODEL_SCORE)


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Digest what the scores are made of, without the numbers that rows have here only."""
    found, taken = _stored(reading, work), hashlib.sha256()
    taken.update(repr(sorted(found.ceilings.items())).encode())
    for extraction_id, *facts in found.models:
        rows = found.r2[extraction_id]
        taken.update(
            repr((facts, found.nested.get(extraction_id), found.unique.get(extraction_id), rows.shape)).encode()
            + rows[:, 0].tobytes()
            + rows[:, 2:].tobytes()
        )
    return {"model scores": taken.hexdigest()}


def unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units of results that the scores are made of."""
    units = reading.connection.execute(_UNITS, _given(reading, work)).fetchall()
    return np.array([number for (number,) in units], dtype=np.int64)


def _scores(found: StoredScores) -> Iterator[tuple[Any, ...]]:
    ceiling, leave_one_out = (found.ceilings.get(kind) or np.nan for kind in ("group_mean", "leave_one_out"))
    for extraction_id, *facts, published, losses in found.models:
        loss = _mean(np.array(losses)) if losses else np.nan if published is None else published
        known = [np.nan if fact is None else fact for fact in facts]
        r2, adjusted, cross_validated = _best_layer(found.r2[extraction_id])
        held_out = (found.nested.get(extraction_id), found.unique.get(extraction_id))
        nested, unique = (np.nan if value is None else value for value in held_out)
        yield (*known, loss, r2 / ceiling, adjusted / ceiling, cross_validated / leave_one_out, nested, unique)


def _best_layer(rows: np.ndarray) -> np.ndarray:
    """Give the means (3,) of the layer with the highest mean r2 over readers, the first of equal ones."""
    layers = sorted(set(rows[:, 0].tolist()))
    means = np.array([[_mean(rows[rows[:, 0] == layer, column]) for column in (2, 3, 4)] for layer in layers])
    best = int(np.argmax(np.nan_to_num(means[:, 0], nan=-np.inf)))
    return np.asarray(means[best])


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return fsum(known) / len(known) if len(known) else np.nan


def _stored(reading: Reading, work: Work) -> StoredScores:
    given = _given(reading, work)
    group = work["measure_id"], work["language_group"]

    def ask() -> StoredScores:
        r2 = _r2(reading, given)
        models = [row for row in _of_all_groups(reading, _MODELS, given) if row[0] in r2]
        ceilings = {kind: value for *of, kind, value in _of_all_groups(reading, _CEILINGS, given) if (*of,) == group}
        held_out = [row[2:] for row in _of_all_groups(reading, _HELD_OUT, given) if row[:2] == group]
        nested = {number: value for number, value, _ in held_out}
        unique = {number: value for number, _, value in held_out}
        return StoredScores(models, r2, ceilings, nested, unique)

    key = tuple(work[name] for name in KEY)
    found: StoredScores = reading.remember("model scores", key, ask, at_most=16)
    return found


def _given(reading: Reading, work: Work) -> dict[str, Any]:
    return {**{name: work[name] for name in KEY}, "leave_out": reading.left_out}


def _of_all_groups(reading: Reading, question: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Ask once what is small, for all measures and groups: the server takes longer to plan it than to answer it."""
    key = (question, *(given[name] for name in KEY[:3]))

    def ask() -> list[tuple[Any, ...]]:
        return reading.connection.execute(question, given).fetchall()

    found: list[tuple[Any, ...]] = reading.remember("facts of models", key, ask, at_most=12)
    return found


def _r2(reading: Reading, given: dict[str, Any]) -> dict[int, np.ndarray]:
    extraction, *columns = reading.arrays(_R2, given)
    rows = np.stack(columns, axis=1).astype(float)
    order = np.lexsort((rows[:, 1], rows[:, 0], extraction))
    extraction, rows = extraction[order], rows[order]
    return {number: rows[extraction == number] for number in dict.fromkeys(extraction.tolist())}


_OF_THESE_MODELS = """
    extraction.corpus_id = %(corpus_id)s AND extraction.condition_id = %(condition_id)s
    AND extraction.method = %(method)s AND language_model.stage <> 'untrained'
"""
_MODELS = f"""
SELECT
    extraction_id, language_model.model, stage = 'pretrained', alignment = 'word', parameter_count, published_loss.loss,
    (
        SELECT array_agg(loss_per_token_per_length ORDER BY sentence_id)
        FROM model.sentence_loss WHERE sentence_loss.extraction_id = extraction.extraction_id
    )
FROM model.extraction
JOIN model.language_model USING (language_model_id)
JOIN model.condition USING (condition_id)
LEFT JOIN model.published_loss ON published_loss.model = language_model.model AND condition = 'plain'
WHERE {_OF_THESE_MODELS} AND extraction_status = 'complete'
ORDER BY language_model.model
"""
_FROM_RESEMBLANCE = f"""
FROM current.human_resemblance AS found
JOIN human.subject USING (subject_id)
JOIN model.extraction USING (extraction_id)
JOIN model.language_model USING (language_model_id)
WHERE
    {_OF_THESE_MODELS} AND found.measure_id = %(measure_id)s AND subject.language_group = %(language_group)s
    AND found.leave_out = %(leave_out)s
"""
_R2 = f"""
SELECT
    array_agg(extraction_id), array_agg(layer::integer), array_agg(subject_id),
    {", ".join(f"array_agg(COALESCE(found.{name}, 'NaN'))" for name in R2_KINDS)}
{_FROM_RESEMBLANCE}
"""
_FROM_CEILINGS = """
FROM current.noise_ceiling AS found
WHERE
    found.corpus_id = %(corpus_id)s AND found.leave_out = %(leave_out)s
    AND ceiling_kind IN ('group_mean', 'leave_one_out')
"""
_CEILINGS = f"""
SELECT measure_id, language_group, ceiling_kind, max(ceiling)
{_FROM_CEILINGS}
GROUP BY measure_id, language_group, ceiling_kind
"""
_OF_THESE_EXTRACTIONS = """
    extraction.corpus_id = %(corpus_id)s AND extraction.condition_id = %(condition_id)s
    AND extraction.method = %(method)s AND found.leave_out = %(leave_out)s
"""
_HELD_OUT = f"""
SELECT
    found.measure_id,
    found.language_group,
    found.extraction_id,
    found.nested_resemblance,
    avg(beyond.nested_unique_r2 ORDER BY beyond.subject_label) / NULLIF(found.cv_ceiling, 0)
FROM current.layer_choice AS found
JOIN model.extraction USING (extraction_id)
LEFT JOIN slice.nested_unique AS beyond
    ON
        beyond.extraction_id = found.extraction_id AND beyond.measure_id = found.measure_id
        AND beyond.language_group = found.language_group AND beyond.leave_out = found.leave_out
        AND beyond.predictor_set = 'baseline47'
WHERE {_OF_THESE_EXTRACTIONS}
GROUP BY found.measure_id, found.language_group, found.extraction_id, found.nested_resemblance, found.cv_ceiling
"""
_OF_GROUP = "AND found.measure_id = %(measure_id)s AND found.language_group = %(language_group)s"
_UNITS = f"""
SELECT found.unit_id {_FROM_RESEMBLANCE}
UNION
SELECT found.unit_id {_FROM_CEILINGS} {_OF_GROUP}
UNION
SELECT found.unit_id
FROM current.layer_choice AS found JOIN model.extraction USING (extraction_id)
WHERE {_OF_THESE_EXTRACTIONS} {_OF_GROUP}
UNION
SELECT found.unit_id
FROM current.unique_variance AS found JOIN model.extraction USING (extraction_id)
WHERE
    {_OF_THESE_EXTRACTIONS} {_OF_GROUP}
    AND found.predictor_set = 'baseline47' AND found.held_out = 'article'
ORDER BY 1
"""
