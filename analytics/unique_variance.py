"""What the attention of a layer's heads explains beyond a set of predictors, and the set beyond the heads."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics._stats.choices import by_column
from analytics._stats.jackknife import jackknife
from analytics._stats.partition import FITS, HELD_OUT, Partition, partitions
from analytics._stats.partition_sums import PartitionSums
from analytics._stats.reading_sets import ReadingSet, divided, reading_sets
from analytics._stats.t_test import TESTED, paired, quantile
from warehouse.plugin.columns import ALL, Cells, Groups
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import predictors as tables

INTERVAL = ("corrected_unique_r2", "sentence_se", "unique_low", "unique_high")


@analysis(
    over=("slice.extraction_layer", "slice.reader_group", "slice.predictor_set"),
    reads=("layer", "readers", "predictors", "article", "sentence", "subject_labels", "predictor_columns", "groups"),
    unit=("extraction_id", "layer", "measure_id", "language_group", "predictor_set"),
    piece=("extraction_id", "layer"),
    writes=tables.unique_variance,
    after=("human_resemblance",),
    shows=("mart.resemblance_in_context", "mart.unique_variance"),
    in_blocks=True,
    from_sums="sentence",
    unless_chosen={"predictor_set": ("baseline47",)},
)
def unique_variance(
    layer: Cells,
    readers: Cells,
    predictors: Cells,
    article: Cells,
    sentence: Cells,
    subject_labels: np.ndarray,
    predictor_columns: Sequence[np.ndarray],
    groups: Groups = ALL,
) -> list[Columns]:
    """Partition what sets of predictors and a layer's heads explain of each reader: R2 of each, and of both together.

    The sums over cells are taken once for all sets, groups and measures of a layer.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms], or values of a region; nan where the reader did not
        read the sentence.
    predictors : Cells (n_cells, n_predictors)
        Those of all sets, each once.
    article, sentence : Cells (n_cells,) of int
        The article and the sentence of each cell; each is held out in turn. Cells of a sentence stand together.
    subject_labels : ndarray (n_subjects,) of str
        Who the readers are, by the source's names.
    predictor_columns : sequence of ndarray of int
        Of each unit, the columns of its set among the predictors.
    groups : sequence of slice
        Of each unit, the columns of its readers.

    Returns
    -------
    list of dict
        Of each unit three rows, by what is held out: nothing, each article, each sentence. Means over readers of R2 of
        the set, of the heads and of both, and of what each explains beyond the other, with standard errors; a paired
        t-test over readers of whether both explain more than the set; and the readers' own values. In-sample, besides,
        ``corrected_unique_r2``, less the bias of the jackknife over sentences, with a 95 % interval. Of held-out
        articles, besides, ``article_gains``: what each adds to each reader's unique R2, article after article.

    Notes
    -----
    unique(heads | set) = R2(set + heads) - R2(set). In-sample it is above 0 for heads of noise; its expectation then is
    about heads/(cells - 1), which the jackknife takes off. The interval is Student's t with the variances of the mean
    over readers and over sentences added, which is on the safe side. Source: Newton & Spurrell (1967) for the
    partition; Owen (2007) for the sum of variances; Efron & Tibshirani (1993), chapter 11, for the jackknife.
    """
    chosen: dict[bytes, np.ndarray] = {columns.tobytes(): columns for columns in predictor_columns}
    sets, kinds = reading_sets(readers, sentence), list(chosen)
    cells = (layer, readers, predictors, article, sentence)
    found = _of_all(cells, list(chosen.values()), groups) if not sets else _of_each(cells, list(chosen.values()), sets)
    return [
        _rows(found[kinds.index(columns.tobytes())], place, of, subject_labels[of])
        for place, (columns, of) in enumerate(zip(predictor_columns, groups, strict=True))
    ]


def _of_all(cells: Sequence[Cells], sets: Sequence[np.ndarray], groups: Groups) -> list[Partition]:
    """Partition what is explained of readers who read the same."""
    return partitions(PartitionSums.of(*cells), sets, groups)


def _of_each(cells: Sequence[Cells], sets: Sequence[np.ndarray], reading: Sequence[ReadingSet]) -> list[Partition]:
    """Partition what is explained of each reader on the sentences that the reader read, set by set of predictors."""
    each = [(one.readers, _of_all(some, sets, ALL)) for one, some in divided(cells, reading)]
    return [Partition.joined([(readers, found[place]) for readers, found in each]) for place in range(len(sets))]


def _rows(found: Partition, place: int, of: slice, labels: np.ndarray) -> Columns:
    """Give the rows of a unit: those of its readers, and its group's values without each sentence."""
    rows = [_row(found, found.r2[number, :, of], HELD_OUT[number]) for number in range(len(HELD_OUT))]
    rows[0] |= _interval(rows[0], found.without[:, place])
    rows[HELD_OUT.index("article")]["article_gains"] = found.gains[:, of].ravel().tolist()
    for row in rows:
        row |= {"subject_labels": labels.tolist(), "cell_count": found.n_cells}
        row |= {f"{fit}_rank": rank for fit, rank in zip(FITS, found.ranks, strict=True)}
    return by_column(rows)


def _row(found: Partition, r2: np.ndarray, held_out: str) -> dict[str, Any]:
    """Average over a group's readers what is said of each, (3, n_readers)."""
    known = r2[:, ~np.isnan(r2).any(axis=0)]
    parts = dict(zip(FITS, known, strict=True))
    parts |= {"unique": known[2] - known[0], "set_unique": known[2] - known[1]}
    row: dict[str, Any] = {"held_out": held_out, "subject_count": known.shape[1]}
    row |= dict.fromkeys((*INTERVAL, "article_gains"))
    for name, values in parts.items():
        row |= {f"{name}_r2": _mean(values), f"{name}_se": _standard_error(values)}
    row |= {f"reader_{fit}_r2": values.tolist() for fit, values in zip(FITS, r2, strict=True)}
    test = paired(known[0], known[2])
    return {
        **row,
        **{name: test[name] for name in TESTED if name not in ("p_value", "p_greater")},
        "p_one_sided": test["p_greater"],
        "missing_because": found.missing(held_out) if not known.size else test["missing_because"],
    }


def _interval(row: dict[str, Any], without: np.ndarray) -> dict[str, Any]:
    """Correct the in-sample unique R2 for bias, and give it an interval by reader and by sentence."""
    if row["unique_r2"] is None or row["unique_se"] is None:
        return {}
    if len(without) < 2:
        because = "no interval: one sentence, or readers who read different ones, cannot be left out of all in turn"
        return {"missing_because": because}
    corrected, sentence_se = (float(value) for value in jackknife(row["unique_r2"], without))
    degrees = min(row["subject_count"], len(without)) - 1
    half = quantile(degrees) * float(np.hypot(row["unique_se"], sentence_se))
    values = (corrected, sentence_se, corrected - half, corrected + half)
    return dict(zip(INTERVAL, values, strict=True))


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _standard_error(values: np.ndarray) -> float | None:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None
