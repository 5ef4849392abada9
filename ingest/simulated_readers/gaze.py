"""Where a simulated reader looks: a scan path that goes forward and, by chance, back."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.simulated_readers.text import SimulatedSentence
from ingest.simulated_readers.truth import Group

TRIVIAL = 0.6
"""Share of the looks back at nothing planted that go to the previous word, the first word or the word itself."""
OFF_WORD, SKIP = 0.02, 0.15
"""Chance that the eye lands between words, and that it skips a word on its way forward."""


@dataclass(frozen=True)
class Habit:
    """How one reader reads: the attributes of `Group`."""

    regression: float
    preference: float
    landmark: float
    duration_ms: int

    @classmethod
    def of(cls, group: Group, rng: np.random.Generator) -> "Habit":
        """Draw a reader of a group."""
        regression, preference, duration = rng.uniform(0.8, 1.2, size=3)
        typical = round(group.duration_ms * duration)
        return cls(group.regression * regression, group.preference * preference, group.landmark, typical)


def scan_path(sentence: SimulatedSentence, habit: Habit, rng: np.random.Generator) -> Iterator[int | None]:
    """Yield the word of each fixation on a sentence, None where the eye is between words."""
    governor, landmark = sentence.governor, sentence.landmark
    front = word = 0
    while word < len(governor):
        yield word
        if rng.random() < OFF_WORD:
            yield None
        if rng.random() >= habit.regression:
            word = front = front + (2 if rng.random() < SKIP else 1)
        elif rng.random() < habit.preference:
            word = governor[word]
        elif rng.random() < habit.landmark:
            word = landmark[word]
        else:
            word = _unplanned(word, rng)


def _unplanned(word: int, rng: np.random.Generator) -> int:
    """Look back along a trivial pattern, or anywhere."""
    if rng.random() < TRIVIAL:
        return int(rng.choice([max(word - 1, 0), 0, word]))
    return int(rng.integers(word + 1))


def durations(count: int, habit: Habit, rng: np.random.Generator) -> list[int]:
    """Draw the durations of fixations [ms], from half to one and a half times the typical one."""
    return [int(each) for each in rng.integers(habit.duration_ms // 2, habit.duration_ms * 3 // 2, size=count)]
