"""What a reviewer asks of human resemblance: intervals, chance, equal numbers of heads, sentences held out."""

from collections.abc import Iterable
from itertools import product
from typing import Annotated, Any

import numpy as np

from analytics._stats.bootstrap import Interval, drawn_counts
from analytics._stats.draws import drawn_ceilings, drawn_r2
from analytics._stats.matched import random_subsets
from analytics._stats.reader_scores import Extent, Scores
from analytics._stats.reading_sets import ReadingSet, divided, reading_sets
from analytics._stats.sums import Sums
from warehouse.errors import BadInput
from warehouse.plugin.columns import ALL, Cells, Column, Groups
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "sentence", "smallest_head_count", "groups"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    piece=("extraction_id", "layer"),
    writes=(inference.corrected_resemblance, inference.resemblance_interval),
    after=("human_resemblance",),
    shows=("mart.corrected_resemblance", "mart.resemblance_interval"),
    in_blocks=True,
    from_sums="sentence",
)
def corrected_resemblance(
    layer: Cells,
    readers: Cells,
    sentence: Cells,
    smallest_head_count: np.ndarray,
    groups: Groups = ALL,
    *,
    seed: Annotated[int, "Seed of the draws: the same seed draws the same readers, sentences and heads."] = 20231206,
    resamples: Annotated[int, "Bootstrap draws of each kind of cluster."] = 1000,
    subsets: Annotated[int, "Random subsets of the heads."] = 100,
) -> list[dict[str, Columns]]:
    """Score one layer with intervals, against chance, with as many heads as the smallest model has, and held out.

    Everything follows from sums by sentence (`Sums`): a bootstrap draw of sentences, a held-out sentence or article
    and a subset of the heads are sums of them, exact, and never a fit on cells.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms], or values of a region; nan where the reader did not
        read the sentence.
    sentence : Cells (n_cells,) of int
        The sentence of each cell; cells of a sentence stand together.
    smallest_head_count : ndarray () of int
        Heads of the model with the fewest in the corpus.
    groups : sequence of slice
        The columns of each group of readers; all are fitted at once, and each is told of by itself.
    seed, resamples, subsets : int
        Of the draws of readers, of sentences and of heads: the same seed draws the same ones.

    Returns
    -------
    list of dict
        Of each group the columns of two tables. ``corrected_resemblance``: one row of means over readers.
        ``resemblance_interval``: a row for each statistic (``r2``, ``resemblance``) and cluster (``reader``,
        ``sentence``, both).

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
    sets = reading_sets(readers, sentence)
    if sets:
        chosen = divided((layer, readers, sentence), sets)
        return _of_different_sentences(chosen, int(smallest_head_count), groups, seed, resamples, subsets)
    sums = Sums.of(layer, readers, sentence)
    sums.require_cells()
    heads = random_subsets(np.random.default_rng(seed), sums.n_predictors, int(smallest_head_count), subsets)
    found = Scores.of(sums, heads, drawn_r2(sums, groups, seed, resamples))
    everyone = np.arange(len(sums.varies))
    of_groups = [everyone[of][sums.varies[of]] for of in groups]
    ceilings = [drawn_ceilings(readers, sentence, sums, of, seed, resamples) for of in of_groups]
    return [
        {
            "corrected_resemblance": _means(Extent.of(sums), found.of_readers(of), heads.shape[1]),
            "resemblance_interval": _intervals(len(sums.sentences), found.of_readers(of), ceiling, seed),
        }
        for of, ceiling in zip(of_groups, ceilings, strict=True)
    ]


def _of_different_sentences(
    sets: Iterable[tuple[ReadingSet, list[Column]]], smallest: int, groups: Groups, seed: int, resamples: int,
    subsets: int,
) -> list[dict[str, Columns]]:  # fmt: skip
    """Score each set of readers on the sentences that they read, and put readers together again by group.

    No ceiling is drawn where readers read different sentences: what each is predicted from changes with the draw.
    """
    parts, extents, refused = list[tuple[np.ndarray, Scores]](), dict[int, Extent](), list[BadInput]()
    n_matched, n_sentences = smallest, 0
    for one, (layer, readers, sentence) in sets:
        try:
            sums = Sums.of(layer, readers, sentence)
            sums.require_cells()
        except BadInput as error:
            refused.append(error)
            continue
        heads = random_subsets(np.random.default_rng(seed), sums.n_predictors, smallest, subsets)
        n_matched, n_sentences = heads.shape[1], max(n_sentences, len(sums.sentences))
        varying = np.flatnonzero(sums.varies)
        found = Scores.of(sums, heads, drawn_r2(sums, ALL, seed, resamples)).of_readers(varying)
        parts.append((one.readers[varying], found))
        extents |= dict.fromkeys(one.readers.tolist(), Extent.of(sums))
    if not parts:
        raise refused[0]
    place, everyone = np.concatenate([readers for readers, _ in parts]), Scores.joined([found for _, found in parts])
    n_targets, results = max(extents) + 1, []
    for of in groups:
        members = np.arange(n_targets)[of]
        of_group = everyone.of_readers(np.flatnonzero(np.isin(place, members)))
        extent = Extent.mean([extents[reader] for reader in members.tolist() if reader in extents])
        results.append({
            "corrected_resemblance": _means(extent, of_group, n_matched),
            "resemblance_interval": _intervals(n_sentences, of_group, None, seed),
        })  # fmt: skip
    return results


def _means(extent: Extent, scores: Scores, n_matched: int) -> Columns:
    """Average over the readers of a group what is said of the layer as a whole: one row."""
    matched = scores.matched.mean(axis=1) if len(scores.r2) else np.full(len(scores.matched), np.nan)
    row = {
        "r2": _mean(scores.r2),
        "random_r2": extent.random_r2,
        "sentence_cv_r2": _mean(scores.sentence_cv_r2),
        "matched_head_count": n_matched,
        "matched_r2": float(matched.mean()),
        "matched_r2_sd": float(matched.std(ddof=1)) if len(matched) > 1 else None,
        "component_r2": _mean(scores.component_r2),
        "subject_count": len(scores.r2),
        "cell_count": extent.cell_count,
        "predictor_count": extent.predictor_count,
        "missing_because": scores.missing_because,
    }
    return {name: [value] for name, value in row.items()}


def _intervals(n_sentences: int, scores: Scores, ceilings: tuple[np.ndarray, np.ndarray] | None, seed: int) -> Columns:
    """Draw readers, sentences and both, and give an interval for R2 and for its ratio to the ceiling drawn alike.

    A drawn reader is compared with the mean of the whole group: a mean of drawn readers would hold some of them twice,
    and with them a share of what it is to predict.
    """
    n_draws, n_readers = scores.drawn.shape
    _, readers = drawn_counts(n_sentences, n_readers, seed, n_draws)
    once = np.ones((1, n_readers))
    r2, rows = (scores.r2[None], scores.drawn), []
    bases = {"r2": (once, once), "resemblance": ceilings or (once, once)}
    for kind, (statistic, base) in product(CLUSTERS, bases.items()):
        missing = scores.missing_because or _too_few(n_readers, n_sentences, kind, statistic)
        if statistic == "resemblance" and ceilings is None:
            missing = missing or "its readers read different sentences, and no ceiling is drawn for them"
        found = None
        if not missing:
            drawn = int("sentence" in kind)
            draws = _ratio(r2[drawn], base[drawn], readers if "reader" in kind else once)
            found = Interval.of(float(_ratio(r2[0], base[0], once)[0]), draws)
        rows.append(_row(statistic, kind, found, n_draws, missing))
    return {name: [row[name] for row in rows] for name in rows[0]}


CLUSTERS = ("reader", "sentence", "reader and sentence")


def _ratio(r2: np.ndarray, base: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give the mean R2 over the mean of what it is measured against, readers as often as drawn, (n_draws,)."""
    weight = np.where(np.isnan(r2), 0.0, counts)
    return np.asarray((np.nan_to_num(r2) * weight).sum(axis=1) / (base * weight).sum(axis=1))


def _too_few(n_readers: int, n_sentences: int, kind: str, statistic: str) -> str | None:
    if n_readers < 2 and statistic == "resemblance":
        return "a lone reader has no ceiling"
    if n_readers < 2 and "reader" in kind:
        return "a lone reader cannot be drawn in another way"
    if n_sentences < 2 and "sentence" in kind:
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
