"""How well a group of readers predicts its own members: what a model's resemblance is measured against."""

import numpy as np

from analytics._stats.design import centre
from warehouse.contents import Columns
from warehouse.registry import analysis
from warehouse.schema import result

SPLITS, SEED = 100, 20231206  # the halves are drawn alike each time, so that a ceiling is one number


@analysis(
    over=("slice.reader_group",),
    reads=("readers",),
    unit=("corpus_id", "measure_id", "language_group"),
    writes=result.noise_ceiling,
    shows=("mart.noise_ceiling",),
)
def noise_ceiling(readers: np.ndarray) -> Columns:
    """Average over readers the R2 of regressing one on the mean of the group, with it and without it.

    Parameters
    ----------
    readers : ndarray (n_cells, n_subjects)
        Saccades of each reader at the same word pairs [counts or ms].

    Returns
    -------
    dict
        Three rows: ``ceiling_kind`` is ``group_mean`` (the mean contains the reader, as in the paper),
        ``leave_one_out``, and ``split_half`` (the mean is that of a random half of the group that the reader is not in,
        on average over 100 splits that are the same each time). ``ceiling`` is the mean R2,
        ``standard_error`` its standard error over readers (deviations over n - 1), ``subject_count`` the readers
        averaged. A reader without variation has no R2 and is not averaged; where no R2 is left, as for a lone reader,
        ``ceiling`` is None and ``missing_because`` says why.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023) for ``group_mean``, which is too high because the mean contains the reader;
    ``leave_one_out`` is slightly low because its mean is over one reader fewer.
    """
    y, length = centre(np.asarray(readers, dtype=float))
    y[:, length == 0] = 0.0
    total = y.sum(axis=1, keepdims=True)
    rows = [
        _row("group_mean", _squared_correlation(y, np.broadcast_to(total, y.shape)), len(y)),
        _row("leave_one_out", _squared_correlation(y, total - y), len(y)),
        _row("split_half", _split_half(y, length > 0), len(y)),
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


def _squared_correlation(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """R2 of each centred column of y on that of x, (n_columns,); nan where one of them is constant."""
    xy, xx, yy = (np.einsum("ij,ij->j", a, b) for a, b in ((x, y), (x, x), (y, y)))
    return np.asarray(np.divide(xy**2, xx * yy, out=np.full_like(yy, np.nan), where=xx * yy > 0))


def _split_half(y: np.ndarray, known: np.ndarray) -> np.ndarray:
    """R2 of each varying column of y on the mean of a random half without it, mean over splits; nan for the others."""
    gram, n = y[:, known].T @ y[:, known], int(known.sum())
    found = np.full(len(known), np.nan)
    if n < 2:
        return found
    order = np.random.default_rng(SEED).random((SPLITS, n))
    first = (np.argsort(order, axis=1) < n // 2).astype(float)
    r2 = sum(half * _on_the_others(gram, 1 - half) for half in (first, 1 - first))
    found[known] = np.mean(r2, axis=0)
    return found


def _on_the_others(gram: np.ndarray, others: np.ndarray) -> np.ndarray:
    """R2 of each reader on the mean of the others of each split (n_splits, n_readers), from cross-products."""
    along = others @ gram
    power = np.diagonal(gram) * (along * others).sum(axis=1, keepdims=True)
    return np.asarray(np.divide(along**2, power, out=np.zeros_like(along), where=power > 0))


def _row(kind: str, r2: np.ndarray, n_cells: int) -> dict[str, object]:
    known = r2[~np.isnan(r2)]
    is_missing = len(r2) < 2 or not len(known)
    return {
        "ceiling_kind": kind,
        "ceiling": None if is_missing else float(known.mean()),
        "standard_error": None if len(known) < 2 else float(known.std(ddof=1) / np.sqrt(len(known))),
        "subject_count": len(r2) if is_missing else len(known),
        "cell_count": n_cells,
        "missing_because": _reason(len(r2)) if is_missing else None,
    }


def _reason(n_subjects: int) -> str:
    return "a lone reader has no group" if n_subjects < 2 else "no reader's saccades vary over the word pairs"
