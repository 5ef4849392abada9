"""Log likelihood that predictors add to a baseline on held-out sentences, reader by reader."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Likelihoods:
    """What is gained per word.

    Attributes
    ----------
    of_readers : ndarray (n_readers,)
        Mean over a reader's held-out words [nats]; readers with too few sentences are left out.
    of_folds : ndarray (n_folds,)
        Mean over the words of each fold, mean over readers [nats].
    slopes : ndarray (n_readers, n_added)
        Coefficients of what was added, in-sample.
    time_count : int
        Times that were fitted.
    missing_because : str or None
        Why there is nothing.
    """

    of_readers: np.ndarray
    of_folds: np.ndarray
    slopes: np.ndarray
    time_count: int
    missing_because: str | None


def likelihoods(
    times: np.ndarray, baseline: np.ndarray, added: np.ndarray, sentence: np.ndarray, rng: np.random.Generator,
    n_folds: int,
) -> Likelihoods:  # fmt: skip
    """Fit each reader's times with and without what is added, each fold of the sentences held out once.

    Parameters
    ----------
    times : ndarray (n_words, n_readers)
        What is explained; nan where there is none.
    baseline, added : ndarray (n_words, ...)
        Predictors; words where one is nan are left out.
    sentence : ndarray (n_words,) of int
        Held out as a whole.
    rng : Generator
        Of the folds, which are of as many sentences each, and the same for all readers.
    n_folds : int
        Folds.
    """
    is_known = ~np.isnan(np.column_stack([baseline, added])).any(axis=1)
    names, number = np.unique(sentence, return_inverse=True)
    fold = (rng.permutation(len(names)) % n_folds)[number]
    nothing = Likelihoods(np.empty(0), np.empty(0), np.empty((0, added.shape[1])), 0, None)
    if len(names) < n_folds:
        return _because(nothing, f"{len(names)} sentences are fewer than {n_folds} folds")
    gains, slopes, count = [], [], 0
    for column in times.T:
        kept = is_known & ~np.isnan(column)
        whole = np.column_stack([np.ones(kept.sum()), baseline[kept], added[kept]])
        sizes = np.bincount(fold[kept], minlength=n_folds)
        if (sizes == 0).any() or kept.sum() - sizes.max() <= whole.shape[1] + 1 or np.ptp(column[kept]) == 0:
            continue
        gains.append(_gains(column[kept], whole, added.shape[1], fold[kept], n_folds))
        slopes.append(np.linalg.lstsq(whole, column[kept])[0][-added.shape[1] :])
        count += int(kept.sum())
    if not gains:
        return _because(nothing, f"no reader has times in all of {n_folds} folds")
    sums, sizes = (np.array(each) for each in zip(*gains, strict=True))
    return Likelihoods(sums.sum(axis=1) / sizes.sum(axis=1), (sums / sizes).mean(axis=0), np.array(slopes), count, None)


def _because(nothing: Likelihoods, reason: str) -> Likelihoods:
    return Likelihoods(nothing.of_readers, nothing.of_folds, nothing.slopes, 0, reason)


def _gains(
    y: np.ndarray, whole: np.ndarray, n_added: int, fold: np.ndarray, n_folds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give the gain of each fold and its words, (n_folds,) each."""
    gained = _held_out(y, whole, fold, n_folds) - _held_out(y, whole[:, : whole.shape[1] - n_added], fold, n_folds)
    return np.bincount(fold, gained, n_folds), np.bincount(fold, minlength=n_folds)


def _held_out(y: np.ndarray, x: np.ndarray, fold: np.ndarray, n_folds: int) -> np.ndarray:
    """Give the log likelihood of each word, predicted from the other folds, (n_words,) [nats]."""
    found = np.empty(len(y))
    for number in range(n_folds):
        test = fold == number
        b = np.linalg.lstsq(x[~test], y[~test])[0]
        variance = np.mean((y[~test] - x[~test] @ b) ** 2)
        found[test] = -0.5 * (np.log(2 * np.pi * variance) + (y[test] - x[test] @ b) ** 2 / variance)
    return found
