"""The trials of one reader: fixations in order, chains that break where the eye was elsewhere, and what cannot be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.fixations.text import Text
from warehouse.plugin.contents import Rejection

LONGEST_MS = 2**31 - 1
MOST = 32_767
"""Fixations of a trial."""
ALIKE = 4
"""Durations that differ: of fewer, the same may come again by chance."""


@dataclass(frozen=True)
class Trial:
    """One showing of one page to a reader.

    Attributes
    ----------
    page : int
        Its number in the text.
    reading : int
        Which time this reader read the page, from 1.
    label : str
        The page's name.
    """

    page: int
    reading: int
    label: str


@dataclass(frozen=True)
class Read:
    """What one reader read.

    Attributes
    ----------
    trials : list of Trial
        In the order in which they were shown, those that are rejected left out.
    row, reading, ordinal, word, start, duration : ndarray (n_fixations,)
        The stored sentence by its number in the text; which reading; place in the trial; word's position in the
        sentence, -1 on none; start [ms], nan where it is not told; duration [ms].
    rejected : list of Rejection
        Trials that no eye makes, with their reasons.
    """

    trials: list[Trial]
    row: np.ndarray
    reading: np.ndarray
    ordinal: np.ndarray
    word: np.ndarray
    start: np.ndarray
    duration: np.ndarray
    rejected: list[Rejection] = field(default_factory=list)


def read(records: np.ndarray, trial_of: Callable[[int], Trial], text: Text, label: str) -> Read:
    """Put the rows of a reader in order, trial by trial.

    Parameters
    ----------
    records : ndarray
        The rows as `collecting.RECORD`, in the order of the files.
    trial_of : callable
        A trial's facts by its number.
    text : Text
        What was read.
    label : str
        The reader's, for messages.
    """
    ordered, position, doubled = _ordered(records)
    kept = ~ordered["is_skipped"]
    rows, position, doubled = ordered[kept], position[kept], doubled[kept]
    starts = np.flatnonzero(np.diff(rows["trial"], prepend=-1))
    of_trial = np.repeat(np.arange(len(starts)), np.diff([*starts, len(rows)]))
    trials = [trial_of(int(rows["trial"][start])) for start in starts]
    begin, last = np.rint(rows["start"]), np.rint(rows["duration"])
    ordinal = position - position[starts][of_trial]
    twice = _stand_twice(rows, starts)[of_trial]
    reasons = _reasons(of_trial, begin, last, doubled, twice, ordinal)
    good = np.array([one is None for one in reasons], dtype=bool)
    kept = good[of_trial]
    word, page = rows["word"].astype(np.int64), np.array([trial.page for trial in trials], dtype=np.int64)[of_trial]
    position_of = np.where(word >= 0, text.position_of_word[word], -1)
    rejected = [
        Rejection(f"reader {label}, page {trial.label}", *reason)
        for trial, reason in zip(trials, reasons, strict=True)
        if reason
    ]
    return Read(
        [trial for trial, is_good in zip(trials, good, strict=True) if is_good],
        _row(word, of_trial, text.first_row_of_page[page], text)[kept],
        np.array([trial.reading for trial in trials], dtype=np.int64)[of_trial][kept],
        ordinal[kept], position_of[kept], begin[kept], last[kept], rejected,
    )  # fmt: skip


def _ordered(records: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort by trial, in the order of the first rows, and within by what orders fixations.

    Returns
    -------
    records, position, doubled : ndarray (n_rows,)
        The rows; a number that goes on by 1, and by 2 where one was left out; True where two have one number.
    """
    place = np.arange(len(records), dtype=np.float64)
    order = np.where(np.isnan(records["order"]), place, records["order"])
    trial = records["trial"]
    first = np.full(int(trial.max(initial=-1)) + 1, len(records))
    np.minimum.at(first, trial, np.arange(len(records)))
    sort = np.lexsort((place, order, first[trial]))
    step = np.diff(order[sort], prepend=-np.inf)
    is_new = np.diff(trial[sort], prepend=-1) != 0
    if not _counts(step[~is_new]):
        step = np.minimum(step, 1)  # it only sorts
    doubled = ~is_new & (step == 0)
    position = np.cumsum(np.where(is_new, 1, np.where(step > 1, 2, 1)))
    return records[sort], position, doubled


def _counts(step: np.ndarray) -> bool:
    """Tell whether the numbers count fixations, so that a gap is a fixation left out: most go on by one."""
    return bool(len(step) and np.mean(step == 1) >= 0.5)


def _row(word: np.ndarray, of_trial: np.ndarray, first: np.ndarray, text: Text) -> np.ndarray:
    """Give the stored sentence of each fixation; of one on no word that looked at before, or after, or the first."""
    place = np.arange(len(word))
    is_on = word >= 0
    before = np.maximum.accumulate(np.where(is_on, place, -1))
    after = np.minimum.accumulate(np.where(is_on, place, len(word))[::-1])[::-1]
    nearest = np.where((before >= 0) & (of_trial[before] == of_trial), before, np.minimum(after, len(word) - 1))
    has_one = (word[nearest] >= 0) & (of_trial[nearest] == of_trial)
    return np.where(has_one, text.row_of_word[word[nearest]], first)


def _stand_twice(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Tell of each trial, (n_trials,), whether its rows stand twice, where neither a number nor a start tells that."""
    told = rows[["word", "duration"]]
    is_silent = np.isnan(rows["order"]) & np.isnan(rows["start"])
    trials = zip(np.split(told, starts[1:]), np.split(is_silent, starts[1:]), strict=True)
    return np.array([bool(silent.all()) and _is_double(some) for some, silent in trials], dtype=bool)


def _is_double(rows: np.ndarray) -> bool:
    """Tell whether each row stands twice, or all rows do; of a few that are much alike, nobody can."""
    half = len(rows) // 2
    if len(rows) % 2 or len(np.unique(rows["duration"])) < min(half, ALIKE) or half < ALIKE:
        return False
    return np.array_equal(rows[::2], rows[1::2]) or np.array_equal(rows[:half], rows[half:])


def _reasons(
    of_trial: np.ndarray,
    start: np.ndarray,
    duration: np.ndarray,
    doubled: np.ndarray,
    twice: np.ndarray,
    ordinal: np.ndarray,
) -> Sequence[tuple[str, str] | None]:
    """Say why each trial cannot be used, with how many fixations are so; None where it can."""
    same = np.diff(of_trial, prepend=-1) == 0
    before, end = np.roll(start, 1), np.roll(start + duration, 1)
    with np.errstate(invalid="ignore"):
        faults = {
            "a fixation has no duration in ms": ~(duration >= 0) | (duration > LONGEST_MS),
            "a start is no time of a recording in ms": np.abs(start) > LONGEST_MS,
            "two fixations have the same number": doubled,
            "its fixations stand twice": twice,
            "two fixations have the same start": same & (start == before),
            "a fixation is earlier than the one before it": same & (start < before),
            "a fixation begins before the one before it has ended": same & (start < end),
            f"it has more than {MOST:,} fixations": ordinal > MOST,
        }
    count = int(of_trial.max(initial=-1)) + 1
    found: list[tuple[str, str] | None] = [None] * count
    for reason, is_so in reversed(faults.items()):
        for trial, fixations in enumerate(np.bincount(of_trial[is_so], minlength=count).tolist()):
            if fixations:
                found[trial] = (reason, f"{fixations} such fixations")
    return found
