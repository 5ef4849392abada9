"""How much of a resemblance remains when the attention is that of other sentences of the same length."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from analytics._stats.by_sentence import starts_of
from analytics._stats.exchange import Exchanged, drawn_orders
from analytics._stats.least_squares import fit
from analytics._stats.reading_sets import divided, reading_sets
from warehouse.errors import BadInput
from warehouse.plugin.columns import ALL, Cells, Groups, together
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import alternatives

ROUNDING = 1e-12
"""R2 by which a draw that changes nothing may differ from the observed one."""


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "article", "sentence", "groups"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    piece=("extraction_id", "layer"),
    writes=alternatives.exchanged_null,
    after=("human_resemblance",),
    shows=("mart.exchanged_null",),
    predictors="layer",
)
def exchanged_null(
    layer: np.ndarray,
    readers: np.ndarray,
    article: np.ndarray,
    sentence: np.ndarray,
    groups: Groups = ALL,
    *,
    seed: Annotated[int, "Seed of the draws: the same seed exchanges the same sentences."] = 20231206,
    exchanges: Annotated[int, "Draws, in each of which every sentence gets another's attention."] = 100,
) -> list[Columns]:
    """Score a layer with its attention exchanged among sentences that have the same number of words.

    What is left of the score is what position alone gives these heads: the attention of another sentence knows how many
    words there are, and nothing of which.

    Parameters
    ----------
    layer : ndarray (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : ndarray (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms]; nan where the reader did not read the sentence.
    article, sentence : ndarray (n_cells,) of int
        The article and the sentence of each cell; the cells of a sentence stand together.
    groups : sequence of slice
        The columns of each group of readers.
    seed, exchanges : int
        Of the draws: the same seed exchanges the same sentences, in every layer of every model.

    Returns
    -------
    list of dict
        Of each group one row: the mean over readers of R2, in-sample and by article, as observed and as the mean over
        the draws, with standard deviation and maximum over these, and ``exchanged_p``, the share of draws (the observed
        one counted among them) that reach the observed ``r2``. Null values have their reason in ``missing_because``.

    Raises
    ------
    BadInput
        Not more cells than heads + 1, or a parameter out of bounds.

    Notes
    -----
    A sentence whose length is its own keeps its attention: ``exchanged_sentence_count`` says how many do not.
    """
    require("seed", seed, 0, 2**63 - 1)
    require("exchanges", exchanges, 1, 10_000)
    found = _Scores.empty(readers.shape[1], exchanges)
    refused = list[BadInput]()
    for own, *columns in _sets(layer, readers, article, sentence):
        try:
            found.fill(own, *columns, seed=seed)
        except BadInput as error:
            refused.append(error)
    if refused and not found.cell_count.any():
        raise refused[0]
    return [found.row(of) for of in groups]


def _sets(*columns: np.ndarray) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of readers who read the same sentences, with those of the cells that they read."""
    sets = reading_sets(columns[1], columns[-1])
    if not sets:
        yield np.arange(columns[1].shape[1]), *columns
    for one, own in divided(columns, [each for each in sets if each.cell_count]):
        yield one.readers, *_whole(own)


def _whole(columns: list[Cells] | Any) -> list[np.ndarray]:
    return [np.concatenate(blocks) for blocks in zip(*together(*columns), strict=True)]


@dataclass(frozen=True)
class _Scores:
    """What is found of each reader: (n_readers,), and of each draw (n_draws, n_readers); nan where there is none."""

    r2: np.ndarray
    cv_r2: np.ndarray
    drawn_r2: np.ndarray
    drawn_cv_r2: np.ndarray
    cell_count: np.ndarray
    article_count: np.ndarray
    exchanged_count: np.ndarray

    @classmethod
    def empty(cls, n_readers: int, n_draws: int) -> "_Scores":
        of_readers, of_draws = np.full((2, n_readers), np.nan), np.full((2, n_draws, n_readers), np.nan)
        return cls(*of_readers, *of_draws, *np.zeros((3, n_readers), dtype=int))

    def fill(
        self, own: np.ndarray, layer: np.ndarray, readers: np.ndarray, article: np.ndarray, sentence: np.ndarray,
        *, seed: int,
    ) -> None:  # fmt: skip
        """Fit the readers `own` on the cells that they read."""
        fitted = fit(layer, readers, article)
        sizes = np.diff([*starts_of(sentence), len(sentence)])
        order = drawn_orders(tuple(sizes.tolist()), seed, len(self.drawn_r2))
        self.r2[own], self.cv_r2[own] = fitted.r2, fitted.cv_r2
        self.cell_count[own], self.article_count[own] = len(sentence), len(np.unique(article))
        _, lengths, counts = np.unique(sizes, return_inverse=True, return_counts=True)
        self.exchanged_count[own] = int((counts[lengths] > 1).sum())
        if (counts > 1).any():
            drawn = Exchanged.of(layer, readers, article, sentence, order)
            self.drawn_r2[:, own], self.drawn_cv_r2[:, own] = drawn.r2, drawn.cv_r2

    def row(self, of: slice) -> Columns:
        """Average over the readers of a group."""
        known = np.arange(len(self.r2))[of][~np.isnan(self.r2[of])]
        null, null_cv = _means(self.drawn_r2[:, known]), _means(self.drawn_cv_r2[:, known])
        observed = _mean(self.r2[known]) or 0.0
        row: dict[str, Any] = {
            "r2": _mean(self.r2[known]),
            "cv_r2": _mean(self.cv_r2[known]),
            "exchanged_r2": _mean(null),
            "exchanged_r2_sd": _sd(null),
            "exchanged_r2_most": float(null.max()) if len(null) else None,
            "exchanged_cv_r2": _mean(null_cv),
            "exchanged_cv_r2_sd": _sd(null_cv),
            "exchanged_p": (1 + int((null >= observed - ROUNDING).sum())) / (1 + len(null)) if len(null) else None,
            "exchanged_sentence_count": int(self.exchanged_count[of].max(initial=0)),
            "draw_count": len(self.drawn_r2),
            "subject_count": len(known),
            "cell_count": int(self.cell_count[of].max(initial=1)),
            "missing_because": self._reason(known),
        }
        return {name: [value] for name, value in row.items()}

    def _reason(self, known: np.ndarray) -> str | None:
        if not len(known):
            return "no reader's values vary over the word pairs"
        if not self.exchanged_count[known].any():
            return "no two sentences have the same number of words: there is nothing to exchange"
        if self.article_count[known].max() < 2:
            return "cross-validated values: one article, none can be held out"
        return None


def _means(drawn: np.ndarray) -> np.ndarray:
    """Average each draw over the readers who have it, (n_draws,); empty where none has."""
    has = drawn[:, ~np.isnan(drawn).any(axis=0)]
    return np.asarray(has.mean(axis=1)) if has.size else np.empty(0)


def _mean(values: np.ndarray) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def _sd(values: np.ndarray) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None
