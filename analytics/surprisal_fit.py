"""Whether a word takes longer the less a model expected it, and how much of reading times that predicts."""

from typing import Annotated, Any

import numpy as np

from analytics._stats.held_out_likelihood import Likelihoods, likelihoods
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import reading

QUANTITIES = ("first_fixation_duration", "gaze_duration", "go_past_time", "total_reading_time")


@analysis(
    over=("slice.surprisal_extraction", "slice.reading_group"),
    reads=("reading_times", "word_baseline", "word_surprisal", "word_sentence"),
    unit=("extraction_id", "quantity", "language_group"),
    writes=reading.surprisal_fit,
    shows=("mart.surprisal_fit_by_size", "mart.surprisal_fit"),
    quantities=QUANTITIES,
)
def surprisal_fit(
    times: np.ndarray,
    baseline: np.ndarray,
    surprisal: np.ndarray,
    sentence: np.ndarray,
    *,
    seed: Annotated[int, "Seed of the folds: the same seed holds the same sentences out."] = 20231206,
    folds: Annotated[int, "Parts of the sentences, each held out once."] = 10,
) -> Columns:
    """Predict reading times by surprisal beyond length, place and frequency, with sentences held out.

    Each reader's times are regressed on a baseline, and on the baseline with the surprisal of the word and of the word
    before. What the latter predicts of held-out sentences beyond the former is the gain in log likelihood per word.
    Choose a measure by `--measure gaze-duration`, `go-past`, `first-fixation` or `total`.

    Parameters
    ----------
    times : ndarray (n_words, n_readers)
        Times of each word [ms]; nan where a reader has none, as for words that were skipped.
    baseline : ndarray (n_words, n_predictors)
        Length, place in the sentence, and log frequency where the corpus has it.
    surprisal : ndarray (n_words,)
        Of each word [bits]; nan where the model does not predict it.
    sentence : ndarray (n_words,) of int
        The sentence of each word; words of a sentence stand together.
    seed, folds : int
        Of the held-out parts: the same seed holds the same sentences out.

    Returns
    -------
    dict
        One row: ``delta_log_likelihood`` with standard errors over readers and over folds, and the slopes of surprisal.
        Null with the reason in ``missing_because``, e.g. where there are fewer sentences than folds.

    Raises
    ------
    BadInput
        A parameter out of bounds.

    Notes
    -----
    The baseline holds length, place and frequency of the word and of the one before, so that first words of sentences
    are left out. Errors are taken as normal with the variance of the training residuals. Source: Goodkind & Bicknell
    (2018); Wilcox et al. (2020); Oh & Schuler (2023).
    """
    require("seed", seed, 0, 2**63 - 1)
    require("folds", folds, 2, 1000)
    before = _before(np.column_stack([baseline, surprisal]), sentence)
    plain = np.column_stack([baseline, before[:, :-1]])
    added = np.column_stack([surprisal, before[:, -1]])
    found = likelihoods(times, plain, added, sentence, np.random.default_rng(seed), folds)
    return {name: [value] for name, value in _row(found, baseline.shape[1] > 2, folds).items()}


def _before(values: np.ndarray, sentence: np.ndarray) -> np.ndarray:
    """Give the values of the word before in the same sentence, (n_words, n_values); nan of first words."""
    found = np.full_like(values, np.nan)
    follows = sentence[1:] == sentence[:-1]
    found[1:][follows] = values[:-1][follows]
    return found


def _row(found: Likelihoods, has_frequency: bool, folds: int) -> dict[str, Any]:
    delta, n_readers = found.of_readers, len(found.of_readers)
    row: dict[str, Any] = {
        "delta_log_likelihood": float(delta.mean()) if n_readers else None,
        "delta_se_over_readers": _standard_error(delta),
        "delta_se_over_folds": _standard_error(found.of_folds),
        "surprisal_ms_per_bit": float(found.slopes[:, 0].mean()) if n_readers else None,
        "previous_surprisal_ms_per_bit": float(found.slopes[:, 1].mean()) if n_readers else None,
        "has_frequency": has_frequency,
        "reading_time_count": found.time_count,
        "subject_count": n_readers,
        "fold_count": folds,
    }
    return {**row, "missing_because": found.missing_because}


def _standard_error(values: np.ndarray) -> float | None:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None
