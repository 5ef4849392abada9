"""Results that a choice of the layer is made from: errors by article, and what stands beside them by reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse.slices import readers, resemblance
from warehouse.slices.reading import NO_NUMBERS, Reading, Work
from warehouse.slices.resemblance import digest, r2_table, r2_unit_ids

READER_LAYER = np.dtype([("subject_id", np.int64), ("r2", float), ("cv_ceiling", float)])


@dataclass(frozen=True)
class Articles:
    """Scores of layers by article: layers (n_layers,), choices (n_layers, n_articles), errors (..., n_readers)."""

    layers: np.ndarray
    choices: np.ndarray
    errors: np.ndarray
    subject_ids: np.ndarray


def article_layers(reading: Reading, work: Work) -> np.ndarray:
    """Give the layers that have scores by article, (n_layers,)."""
    return _articles(reading, work).layers


def article_choices(reading: Reading, work: Work) -> np.ndarray:
    """Give what a choice without each article goes by, (n_layers, n_articles); nan where there is none."""
    return _articles(reading, work).choices


def article_errors(reading: Reading, work: Work) -> np.ndarray:
    """Give each reader's share of the squared error, (n_layers, n_articles, n_readers); nan where there is none."""
    return _articles(reading, work).errors


def reader_scores(reading: Reading, work: Work) -> np.ndarray:
    """Give R2 and ceilings of those readers, (n_layers, n_readers) of `READER_LAYER`; nan where there is none."""
    found = _articles(reading, work)
    table = np.zeros((len(found.layers), len(found.subject_ids)), dtype=READER_LAYER)
    table["subject_id"], table["r2"], table["cv_ceiling"] = found.subject_ids, np.nan, np.nan
    layers, subjects, r2 = r2_table(reading, *_keys(work))
    rows, columns = np.isin(layers, found.layers), np.isin(subjects, found.subject_ids)
    place = np.searchsorted(found.layers, layers[rows]), np.searchsorted(found.subject_ids, subjects[columns])
    table["r2"][np.ix_(*place)] = r2[rows][:, columns]
    subject, ceiling = _ceilings(reading, work["measure_id"], found.subject_ids)
    table["cv_ceiling"][:, np.searchsorted(found.subject_ids, subject)] = ceiling
    return table


def _ceilings(reading: Reading, measure_id: int, subject_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    def ask() -> tuple[np.ndarray, ...]:
        return reading.arrays(_CEILINGS, [measure_id, subject_ids.tolist(), reading.left_out])

    key = measure_id, subject_ids.tobytes()
    found: tuple[np.ndarray, np.ndarray] = reading.remember("ceilings of readers", key, ask, at_most=64)
    return found


def inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what a choice is made of."""
    found, scores = _articles(reading, work), reader_scores(reading, work)
    values = found.layers, found.choices, found.errors, scores["r2"], scores["cv_ceiling"]
    return {"article scores": digest(tuple(map(np.ascontiguousarray, values)))}


def unit_ids(reading: Reading, work: Work) -> np.ndarray:
    """Give the units of results that a choice is made of."""
    subject_ids = readers.subject_ids(reading, work).tolist()
    left_out = reading.left_out
    return np.concatenate([
        reading.arrays(_ARTICLE_UNITS, [*_keys(work), left_out])[0],
        r2_unit_ids(reading, _keys(work)),
        reading.arrays(_CEILING_UNITS, [work["measure_id"], subject_ids, left_out])[0],
    ])  # fmt: skip


def look_ahead(reading: Reading, works: Sequence[Work]) -> None:
    """Ask at once for what the choices of some units are made of."""
    resemblance.look_ahead(reading, works)
    of_key = {_key(work): work for work in works}
    reading.look_ahead("article scores", of_key, lambda keys: _pull(reading, {key: of_key[key] for key in keys}))


def _articles(reading: Reading, work: Work) -> Articles:
    key = _key(work)
    found: Articles = reading.remember("article scores", key, lambda: _pull(reading, {key: work})[key], at_most=2)
    return found


def _key(work: Work) -> tuple[int, int, str, int]:
    return *_keys(work), work["corpus_id"]


def _pull(reading: Reading, works: Mapping[Any, Work]) -> dict[Any, Articles]:
    arguments = {**resemblance.wanted(map(_keys, works.values())), "leave_out": reading.left_out}
    found = {(*row[:3], *row[3]): row[4:] for row in reading.rows(_ARTICLES, arguments)}

    def of_unit(work: Work) -> Articles:
        subject_ids = readers.subject_ids(reading, work)
        labels = readers.labels(reading, [work]).tolist()
        layer, article, choice, errors = found.get((*_keys(work), *labels), [NO_NUMBERS] * 4)
        layers, of_layer = np.unique(layer, return_inverse=True)
        articles, of_article = np.unique(article, return_inverse=True)
        choices = np.full((len(layers), len(articles)), np.nan)
        shares = np.full((*choices.shape, len(subject_ids)), np.nan)
        if len(layer):
            choices[of_layer, of_article], shares[of_layer, of_article] = choice, errors
        return Articles(layers, choices, shares, subject_ids)

    return {key: of_unit(work) for key, work in works.items()}


def _keys(work: Work) -> tuple[int, int, str]:
    return work["extraction_id"], work["measure_id"], work["language_group"]


_ARTICLES = """
SELECT
    extraction_id, measure_id, language_group, subject_labels,
    array_agg(layer::integer ORDER BY layer, article_position),
    array_agg(article_position::integer ORDER BY layer, article_position),
    array_agg(COALESCE(choice_r2, 'NaN') ORDER BY layer, article_position),
    array_agg(reader_errors ORDER BY layer, article_position)
FROM current.article_score
WHERE
    extraction_id = ANY (%(extraction_ids)s) AND measure_id = ANY (%(measure_ids)s)
    AND language_group = ANY (%(groups)s) AND leave_out = %(leave_out)s
GROUP BY extraction_id, measure_id, language_group, subject_labels
"""
"""Of whatever readers; those of other readers than count now are stale."""
_ARTICLE_UNITS = """
SELECT array_agg(DISTINCT unit_id)
FROM current.article_score
WHERE extraction_id = %s AND measure_id = %s AND language_group = %s AND leave_out = %s
"""
_OF_CEILINGS = """
FROM current.reader_ceiling
WHERE measure_id = %s AND subject_id = ANY (%s) AND leave_out = %s AND cv_ceiling IS NOT NULL
"""
_CEILINGS = f"SELECT array_agg(subject_id), array_agg(cv_ceiling) {_OF_CEILINGS}"
_CEILING_UNITS = f"SELECT array_agg(DISTINCT unit_id) {_OF_CEILINGS}"
