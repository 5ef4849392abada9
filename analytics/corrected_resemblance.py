"""What a reviewer asks of human resemblance: intervals, chance, equal numbers of heads, sentences held out."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import add
from typing import Annotated, Any

import numpy as np

from analytics._stats.bootstrap import Interval, drawn_counts, in_sample_r2, resampled
from analytics._stats.by_sentence import SENTENCES, BySentence, starts_of
from analytics._stats.design import Design
from analytics._stats.drawn_ceilings import drawn_ceilings
from analytics._stats.held_out import each_in_parts
from analytics._stats.matched import component_r2, random_subsets, subset_r2
from analytics._stats.moments import Moments
from analytics._stats.on_basis import OnBasis
from analytics._stats.spread import Spread
from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells, together
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "sentence", "smallest_head_count"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    writes=(inference.corrected_resemblance, inference.resemblance_interval),
    after=("human_resemblance",),
    shows=("mart.corrected_resemblance", "mart.resemblance_interval"),
    in_blocks=True,
)
def corrected_resemblance(
    layer: Cells,
    readers: Cells,
    sentence: Cells,
    smallest_head_count: np.ndarray,
    *,
    seed: Annotated[int, "Seed of the draws: the same seed draws the same readers, sentences and heads."] = 20231206,
    resamples: Annotated[int, "Bootstrap draws of each kind of cluster."] = 1000,
    subsets: Annotated[int, "Random subsets of the heads."] = 100,
) -> dict[str, Columns]:
    """Score one layer with intervals, against chance, with as many heads as the smallest model has, and held out.

    Everything follows from sums by sentence (`Moments`): a bootstrap draw of sentences, a held-out sentence or article
    and a subset of the heads are sums of them, exact, and never a fit on cells.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms], or values of a region.
    sentence : Cells (n_cells,) of int
        The sentence of each cell; cells of a sentence stand together.
    smallest_head_count : ndarray () of int
        Heads of the model with the fewest in the corpus.

    Returns
    -------
    dict
        Columns of two tables. ``corrected_resemblance``: one row of means over readers. ``resemblance_interval``: a
        row for each statistic (``r2``, ``resemblance``) and cluster (``reader``, ``sentence``, both).

    Raises
    ------
    BadInput
        Not more cells than heads + 1, or a parameter out of bounds.

    Notes
    -----
    Readers without variation are not averaged. Source: Efron & Tibshirani (1993) for the bootstrap.
    """
    require("seed", seed, 0, 2**63 - 1)
    require("resamples", resamples, 1, 100_000)
    require("subsets", subsets, 1, 10_000)
    data = _Data.of(layer, readers, sentence, seed, resamples)
    rng = np.random.default_rng(seed)
    heads = random_subsets(rng, data.n_heads, int(smallest_head_count), subsets)
    return {
        "corrected_resemblance": _scores(data, heads),
        "resemblance_interval": _intervals(data, seed, resamples),
    }


@dataclass(frozen=True)
class _Data:
    """A layer's basis and its readers, reduced to sums by sentence; constant readers are left out."""

    design: Design
    n_readers: int
    n_sentences: int
    by_sentence: Iterable[Moments]
    total: Moments
    ceilings: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, layer: Cells, readers: Cells, sentence: Cells, seed: int, resamples: int) -> "_Data":
        design, spread = Design.of(layer), Spread.of(readers)
        n_cells, n_heads = design.spread.count, len(design.spread.mean)
        if n_cells <= n_heads + 1:
            what = f"{n_cells} cells are too few for {n_heads} heads and an intercept"
            raise BadInput(what, "the regression", "take more sentences or fewer heads")
        n_sentences = sum(len(starts_of(of_cell)) for (of_cell,) in together(sentence))
        varies = spread.length > 0
        sums: Iterable[Moments] = BySentence(OnBasis(together(layer, readers, sentence), design, spread, varies))
        if n_sentences <= SENTENCES:
            sums = list(sums)
        ceilings = drawn_ceilings(together(readers, sentence), spread, n_sentences, seed, resamples)
        total = reduce(add, (part.total() for part in sums))
        return cls(design, int(varies.sum()), n_sentences, sums, total, ceilings)

    @property
    def n_heads(self) -> int:
        """Heads of the layer."""
        return len(self.design.spread.mean)

    @property
    def missing_because(self) -> str | None:
        """Say why there is no score at all, or None."""
        return None if self.n_readers else "no reader's values vary over the word pairs"


def _scores(data: _Data, heads: np.ndarray) -> Columns:
    """Average over readers what is said of the layer as a whole: one row."""
    n_cells = data.design.spread.count
    r2 = in_sample_r2(Moments.stacked([data.total]))[0]
    matched = np.full(len(heads), np.nan)
    if data.n_readers:
        matched = subset_r2(data.design, data.total, heads).mean(axis=1)
    row = {
        "r2": _mean(r2),
        "random_r2": data.design.rank / (n_cells - 1),
        "sentence_cv_r2": _mean(each_in_parts(data.by_sentence, data.total)) if data.n_sentences > 1 else None,
        "matched_head_count": heads.shape[1],
        "matched_r2": float(matched.mean()),
        "matched_r2_sd": float(matched.std(ddof=1)) if len(matched) > 1 else None,
        "component_r2": _mean(component_r2(data.design, data.total, heads.shape[1])),
        "subject_count": data.n_readers,
        "cell_count": n_cells,
        "predictor_count": data.n_heads,
        "missing_because": data.missing_because,
    }
    return {name: [value] for name, value in row.items()}


def _intervals(data: _Data, seed: int, resamples: int) -> Columns:
    """Draw readers, sentences and both, and give an interval for R2 and for its ratio to the ceiling drawn alike.

    A drawn reader is compared with the mean of the whole group: a mean of drawn readers would hold some of them twice,
    and with them a share of what it is to predict.
    """
    sentences, readers = drawn_counts(data.n_sentences, data.n_readers, seed, resamples)
    once = np.ones((1, data.n_readers))
    of_draws = resampled(data.by_sentence, sentences, in_sample_r2)
    r2 = in_sample_r2(Moments.stacked([data.total])), of_draws
    rows = []
    for kind, (statistic, base) in product(CLUSTERS, {"r2": (once, once), "resemblance": data.ceilings}.items()):
        missing = data.missing_because or _too_few(data, kind, statistic)
        found = None
        if not missing:
            drawn = int("sentence" in kind)
            draws = _ratio(r2[drawn], base[drawn], readers if "reader" in kind else once)
            found = Interval.of(float(_ratio(r2[0], base[0], once)[0]), draws)
        rows.append(_row(statistic, kind, found, resamples, missing))
    return {name: [row[name] for row in rows] for name in rows[0]}


CLUSTERS = ("reader", "sentence", "reader and sentence")


def _ratio(r2: np.ndarray, base: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give the mean R2 over the mean of what it is measured against, readers as often as drawn, (n_draws,)."""
    weight = np.where(np.isnan(r2), 0.0, counts)
    return np.asarray((np.nan_to_num(r2) * weight).sum(axis=1) / (base * weight).sum(axis=1))


def _too_few(data: _Data, kind: str, statistic: str) -> str | None:
    if data.n_readers < 2 and statistic == "resemblance":
        return "a lone reader has no ceiling"
    if data.n_readers < 2 and "reader" in kind:
        return "a lone reader cannot be drawn in another way"
    if data.n_sentences < 2 and "sentence" in kind:
        return "a lone sentence cannot be drawn in another way"
    return None


def _row(statistic: str, kind: str, found: Interval | None, n_draws: int, missing: str | None) -> dict[str, Any]:
    return {
        "statistic": statistic,
        "cluster_kind": kind,
        "estimate": found.estimate if found else None,
        "interval_low": found.low if found else None,
        "interval_high": found.high if found else None,
        "bootstrap_bias": found.bias if found else None,
        "bias_corrected": found.bias_corrected if found else None,
        "resample_count": n_draws,
        "missing_because": missing,
    }


def _mean(by_reader: np.ndarray) -> float | None:
    known = by_reader[~np.isnan(by_reader)]
    return float(known.mean()) if len(known) else None
