"""Whether two models differ more than a reference pair, or a text moves attention more than a control does."""

import numpy as np

from analytics._stats.effect_size import interval
from analytics._stats.multiplicity import corrected
from analytics._stats.t_test import ROUNDING
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import comparison
from warehouse.slices.divergences import KINDS


@analysis(
    over=("slice.divergence_comparison",),
    reads=("depths", "divergences"),
    unit=(
        "comparison", "left_extraction_id", "right_extraction_id", "depth_kind", "against",
        "reference_left_extraction_id", "reference_right_extraction_id",
    ),
    writes=comparison.divergence_test,
    after=("attention_divergence",),
    shows=("mart.divergence_test",),
)  # fmt: skip
def divergence_significance(depths: np.ndarray, divergences: np.ndarray) -> Columns:
    """Test the divergence of a pair against that of another, at each layer or quarter, by paired t-test over sentences.

    Pairs that differ by scale, tuning or instruction are tested against the named reference pairs, instructions against
    the noise prefix, and a tuned model's response to an instruction against that of its base model.

    Parameters
    ----------
    depths : ndarray (n_depths,) of int
        The layers or quarters.
    divergences : ndarray (2, 2, n_depths, n_sentences)
        Of the pair and of the one it is tested against; by `KINDS`; nan where there is none [nats].

    Returns
    -------
    dict
        A row per kind and depth that has values: ``mean_difference_nats``, ``t_statistic``, two-sided ``p_value`` and
        its three corrections for the number of depths of the kind, and ``effect_size`` (d_z) with its 95 % interval.
        Where all sentences differ by the same there is no test, and ``missing_because`` says so.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023), section 4.1, with Bonferroni's correction only.
    """
    parts = [_family(kind, depths, pair - other) for kind, pair, other in zip(KINDS, *divergences, strict=True)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _family(kind: str, depths: np.ndarray, difference: np.ndarray) -> dict[str, np.ndarray]:
    """Test one kind at all depths, (n_tests,) each; `difference` is (n_depths, n_sentences)."""
    count = np.count_nonzero(~np.isnan(difference), axis=1)
    kept = count > 0
    depths, difference, count = depths[kept], difference[kept], count[kept]
    mean = np.nanmean(difference, axis=1) if len(difference) else np.empty(0)
    t, p_value = _paired_t(difference, mean, count)
    low, high = interval(t, np.maximum(count - 1.0, 1), 1 / np.maximum(count, 1))
    return {
        "divergence_kind": np.full(len(depths), kind, dtype=object),
        "depth": depths,
        "mean_difference_nats": mean,
        "t_statistic": t,
        "p_value": p_value,
        **corrected(p_value),
        "effect_size": t / np.sqrt(count),
        "effect_low": low,
        "effect_high": high,
        "sentence_count": count,
        "missing_because": _where_missing(p_value, count),
    }


def _where_missing(p_value: np.ndarray, count: np.ndarray) -> np.ndarray:
    reasons = np.where(count < 2, "a lone sentence cannot be tested", "all sentences differ by the same").astype(object)
    reasons[~np.isnan(p_value)] = None
    return reasons


def _paired_t(difference: np.ndarray, mean: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Student's t of each row's mean against 0 and its two-sided p, (n_tests,); nan without variation."""
    from scipy.special import stdtr

    squares = np.nansum((difference - mean[:, None]) ** 2, axis=1)
    freedom = count - 1.0
    equal = count * (ROUNDING * np.nanmax(np.abs(difference), axis=1, initial=0)) ** 2
    is_tested = (freedom > 0) & (squares > equal)
    error = np.sqrt(np.divide(squares, freedom * count, out=np.full_like(mean, np.nan), where=is_tested))
    t = mean / error
    return t, np.asarray(2 * stdtr(np.maximum(freedom, 1), -np.abs(t)))
