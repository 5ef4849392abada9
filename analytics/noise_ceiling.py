"""How well a group of readers predicts its own members: what a model's resemblance is measured against."""

from typing import Annotated

import numpy as np

from analytics._stats.by_sentence import sentence_count
from analytics._stats.reading_sets import reading_sets
from analytics._stats.shared import LEAST, MOST, Shared, split_half_r2
from analytics._stats.spread import Spread
from warehouse.plugin.columns import Cells
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result

SPLITS, SEED = 100, 20231206  # the halves are drawn alike each time, so that a ceiling is one number


@analysis(
    over=("slice.reader_group",),
    reads=("readers", "sentence"),
    unit=("corpus_id", "measure_id", "language_group"),
    writes=result.noise_ceiling,
    shows=("mart.noise_ceiling",),
    in_blocks=True,
)
def noise_ceiling(
    readers: Cells,
    sentence: Cells | None = None,
    *,
    least_readers: Annotated[
        int | None, "Where readers read different sentences: others who must have read one for it to count; usually 2."
    ] = None,
) -> Columns:
    """Average over readers the R2 of regressing one on the mean of the group, with it and without it.

    Parameters
    ----------
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same word pairs [counts or ms]; nan where the reader did not read the sentence.
        Then each is predicted at the cells of sentences that enough others read too, from the mean of those who did.
    sentence : Cells (n_cells,) of int or None
        The sentence of each cell; cells of a sentence stand together. None says that all readers read all.
    least_readers : int or None
        Others who must have read a sentence; None says `shared.LEAST`.

    Returns
    -------
    dict
        Three rows: ``ceiling_kind`` is ``group_mean`` (the mean contains the reader, as in the paper),
        ``leave_one_out``, and ``split_half`` (the mean is that of a random half of the group that the reader is not
        in, on average over 100 splits that are the same each time). ``ceiling`` is the mean R2, ``standard_error`` its
        standard error over readers (deviations over n - 1), ``subject_count`` the readers averaged, ``cell_count`` and
        ``sentence_count`` what counted for somebody. A reader without variation has no R2 and is not averaged; where
        no R2 is left, as for a lone reader, ``ceiling`` is None and ``missing_because`` says why.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023) for ``group_mean``, which is too high because the mean contains the reader;
    ``leave_one_out`` is slightly low because its mean is over one reader fewer.
    """
    least = LEAST if least_readers is None else least_readers
    require("least_readers", least, 1, MOST)
    if sentence is not None and reading_sets(readers, sentence):
        return _joined(_of_different_sentences(readers, sentence, least))
    sentences = None if sentence is None else sentence_count(sentence)
    spread = Spread.of(readers)
    gram, everyone = spread.gram, np.ones_like(spread.gram)
    rows = [
        _row("group_mean", _on_the_sum(gram, everyone), spread.count, sentences),
        _row("leave_one_out", _on_the_sum(gram, everyone - np.eye(len(gram))), spread.count, sentences),
        _row("split_half", _split_half(gram), spread.count, sentences),
    ]
    return _joined(rows)


def _of_different_sentences(readers: Cells, sentence: Cells, least: int) -> list[dict[str, object]]:
    with_reader, others = (Shared.of(readers, sentence, with_reader=one, least=least) for one in (True, False))
    n_readers, cells = others.n.shape[1], max(others.cell_count, 1)
    sentences = int((others.n > 0).any(axis=1).sum())
    order = np.random.default_rng(SEED).random((SPLITS, n_readers))
    halves = split_half_r2(readers, sentence, (np.argsort(order, axis=1) < n_readers // 2).astype(float))
    found = {"group_mean": with_reader.r2(), "leave_one_out": others.r2(), "split_half": halves}
    rows = [_row(kind, r2, cells, sentences) for kind, r2 in found.items()]
    nobody = f"no reader shares a sentence with {'two' if least == LEAST else least} others"
    return [
        {**row, "missing_because": nobody} if not others.cell_count and row["ceiling"] is None else row for row in rows
    ]


def _joined(rows: list[dict[str, object]]) -> Columns:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _on_the_sum(gram: np.ndarray, summed: np.ndarray) -> np.ndarray:
    """R2 of each reader on the sum of some readers, from cross-products, (n_subjects,); nan where one is constant.

    `summed` (n_subjects, n_subjects) is 1 in row i for the readers that reader i is regressed on.
    """
    along = summed @ gram
    xy, xx, yy = np.diag(along), (along * summed).sum(axis=1), np.diag(gram)
    return np.asarray(np.divide(xy**2, xx * yy, out=np.full_like(yy, np.nan), where=xx * yy > 0))


def _split_half(gram: np.ndarray) -> np.ndarray:
    """R2 of each varying reader on the mean of a random half without it, mean over splits; nan for the others."""
    known = np.diag(gram) > 0
    among, n = gram[np.ix_(known, known)], int(known.sum())
    found = np.full(len(known), np.nan)
    if n < 2:
        return found
    order = np.random.default_rng(SEED).random((SPLITS, n))
    first = (np.argsort(order, axis=1) < n // 2).astype(float)
    r2 = sum(half * _on_the_others(among, 1 - half) for half in (first, 1 - first))
    found[known] = np.mean(r2, axis=0)
    return found


def _on_the_others(gram: np.ndarray, others: np.ndarray) -> np.ndarray:
    """R2 of each reader on the mean of the others of each split (n_splits, n_readers), from cross-products."""
    along = others @ gram
    power = np.diagonal(gram) * (along * others).sum(axis=1, keepdims=True)
    return np.asarray(np.divide(along**2, power, out=np.zeros_like(along), where=power > 0))


def _row(kind: str, r2: np.ndarray, n_cells: int, n_sentences: int | None) -> dict[str, object]:
    known = r2[~np.isnan(r2)]
    is_missing = len(r2) < 2 or not len(known)
    return {
        "ceiling_kind": kind,
        "ceiling": None if is_missing else float(known.mean()),
        "standard_error": None if len(known) < 2 else float(known.std(ddof=1) / np.sqrt(len(known))),
        "subject_count": len(r2) if is_missing else len(known),
        "cell_count": n_cells,
        "sentence_count": n_sentences,
        "missing_because": _reason(len(r2)) if is_missing else None,
    }


def _reason(n_subjects: int) -> str:
    return "a lone reader has no group" if n_subjects < 2 else "no reader's saccades vary over the word pairs"
