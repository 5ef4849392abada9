"""The measures of reading once more, slowly and from their definitions: what SQL computes is compared with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Place = tuple[int, int]
"""Sentence by its position on the screen, and word by its position in the sentence."""


@dataclass
class Measures:
    """Of one word: the columns of mart.reading_measure, in their order."""

    first: int | None = None
    single: int | None = None
    gaze: int | None = None
    go_past: int | None = None
    total: int = 0
    count: int = 0
    out_of_first_pass: bool | None = None
    out: bool = False
    into: bool = False
    first_pass: list[int] = field(default_factory=list)

    def row(self) -> tuple[Any, ...]:
        second = self.total - (self.gaze or 0)
        return (self.gaze is None, self.first, self.single, self.gaze, self.go_past, second, self.total, self.count,
                self.out_of_first_pass, self.out, self.into)  # fmt: skip


def measures(path: Sequence[tuple[int, Place | None, int]], words: Sequence[Place]) -> Mapping[Place, Measures]:
    """Measure a trial.

    Parameters
    ----------
    path : sequence of (int, (int, int) or None, int)
        Number, word or None, and duration of each fixation.
    words : sequence of (int, int)
        All words on the screen.
    """
    found = {word: Measures() for word in words}
    for word, one in found.items():
        on = [(i, duration) for i, (_, place, duration) in enumerate(path) if place == word]
        one.total, one.count = sum(duration for _, duration in on), len(on)
        if not on:
            continue
        start = on[0][0]
        if not any(place is not None and place > word for _, place, _ in path[:start]):
            _first_pass(one, word, path, start)
        for (number, place, _), (following, beyond, _) in pairwise(path):
            if following == number + 1 and None not in (place, beyond) and place != beyond:
                one.out |= place == word and beyond < word
                one.into |= beyond == word and place > word
    return found


def _first_pass(one: Measures, word: Place, path: Sequence[tuple[int, Place | None, int]], start: int) -> None:
    stop = start
    while stop + 1 < len(path) and path[stop + 1][1] == word and path[stop + 1][0] == path[stop][0] + 1:
        stop += 1
    durations = [duration for _, _, duration in path[start : stop + 1]]
    one.first, one.gaze = durations[0], sum(durations)
    one.single = durations[0] if len(durations) == 1 else None
    one.out_of_first_pass = False
    if stop + 1 < len(path) and path[stop + 1][0] == path[stop][0] + 1:
        after = path[stop + 1][1]
        one.out_of_first_pass = after is not None and after < word
    past = next((i for i in range(start, len(path)) if path[i][1] is not None and path[i][1] > word), len(path))
    one.go_past = sum(duration for _, place, duration in path[start:past] if place is not None)


MEASURED = """
SELECT
    measure.subject_id, measure.reading_ordinal,
    COALESCE(reading.trial_position, -measure.sentence_id), sentence_position, measure.word_position,
    is_skipped, first_fixation_duration_ms, single_fixation_duration_ms, gaze_duration_ms, go_past_time_ms,
    second_pass_time_ms, total_reading_time_ms, fixation_count, has_first_pass_regression, has_regression_out,
    has_regression_in
FROM mart.reading_measure AS measure
JOIN stimulus.sentence USING (sentence_id)
JOIN human.reading USING (subject_id, sentence_id, reading_ordinal)
"""
PATHS = """
SELECT
    fixation.subject_id, fixation.reading_ordinal, COALESCE(reading.trial_position, -fixation.sentence_id),
    fixation_ordinal, sentence_position, word_position, duration_ms
FROM human.fixation
JOIN stimulus.sentence USING (sentence_id)
JOIN human.reading USING (subject_id, sentence_id, reading_ordinal)
ORDER BY 1, 2, 3, 4
"""


def compare(run: Any) -> int:
    """Compare what the warehouse says with the twin; give how many words were compared. `run` runs a query."""
    said: dict[Any, dict[Place, tuple[Any, ...]]] = {}
    for subject, reading, trial, sentence, word, *row in run(MEASURED):
        said.setdefault((subject, reading, trial), {})[sentence, word] = tuple(row)
    paths: dict[Any, list[tuple[int, Place | None, int]]] = {}
    for subject, reading, trial, ordinal, sentence, word, duration in run(PATHS):
        place = None if word is None else (sentence, word)
        paths.setdefault((subject, reading, trial), []).append((ordinal, place, duration))
    for trial, words in said.items():
        wanted = measures(paths.get(trial, []), list(words))
        assert words == {place: one.row() for place, one in wanted.items()}, trial
    return sum(map(len, said.values()))
