"""The rows of simulated readers."""

from collections.abc import Mapping

import numpy as np

from ingest.simulated_readers.gaze import Habit, durations, scan_path
from ingest.simulated_readers.text import SimulatedSentence
from ingest.simulated_readers.truth import EXCLUDED, EXCLUDED_BECAUSE, GROUPS, Group
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rows
from warehouse.schema.tables import human

GAP_MS = 30
"""From one fixation to the next."""


def reader_label(number: int) -> str:
    """Name a reader of a group, counted from 0."""
    return f"sim-{number + 1:02}"


def reader_rows(
    group: Group, number: int, text: Mapping[str, SimulatedSentence], stimulus: Stimulus, seed: int
) -> Rows:
    """Yield a reader, the sentences in the order shown to this reader, the fixations, and the exclusion if any."""
    rng = np.random.default_rng([seed, 1, GROUPS.index(group), number])
    label = reader_label(number)
    is_excluded = (group.language_group, label) == EXCLUDED
    habit = Habit(0.5, 0.0, 0.0, 150) if is_excluded else Habit.of(group, rng)
    (subject_id,) = (yield human.subject, _subject(stimulus.corpus_id, group, label, rng)) or []
    reading, fixation = _read(text, stimulus, habit, rng)
    yield human.reading, {"subject_id": [subject_id] * len(stimulus), **reading}
    yield human.fixation, {"subject_id": [subject_id] * len(fixation["sentence_id"]), **fixation}
    if is_excluded:
        reason = {"excluded_because": [EXCLUDED_BECAUSE], "source": ["planted by simulated_readers"]}
        yield human.exclusion, {"subject_id": [subject_id], **reason}
    yield human.saccade, {"subject_id": [subject_id]}


def _subject(corpus_id: int, group: Group, label: str, rng: np.random.Generator) -> dict[str, list[object]]:
    demographics = {"age": int(rng.integers(18, 40))}
    return {
        "corpus_id": [corpus_id],
        "language_group": [group.language_group],
        "subject_label": [label],
        "demographics": [demographics],
    }


def _read(
    text: Mapping[str, SimulatedSentence], stimulus: Stimulus, habit: Habit, rng: np.random.Generator
) -> tuple[dict[str, list[int]], dict[str, list[int | None]]]:
    """Give the columns of `human.reading` and `human.fixation` of one reader, articles in an order of their own."""
    rank = rng.permutation(int(stimulus.article.max()) + 1)
    order = np.lexsort([stimulus.position, rank[stimulus.article]]).tolist()
    reading: dict[str, list[int]] = {"sentence_id": [], "presentation_order": [], "reading_time_ms": []}
    fixation: dict[str, list[int | None]] = {
        name: [] for name in ("sentence_id", "fixation_ordinal", "word_position", "start_ms", "duration_ms")
    }
    for shown, index in enumerate(order):
        path = list(scan_path(text[stimulus.label[index]], habit, rng))
        duration = durations(len(path), habit, rng)
        end = np.cumsum(duration) + GAP_MS * np.arange(1, len(path) + 1)
        sentence_id = int(stimulus.sentence_id[index])
        fixation["sentence_id"] += [sentence_id] * len(path)
        fixation["fixation_ordinal"] += range(len(path))
        fixation["word_position"] += path
        fixation["start_ms"] += (end - duration).tolist()
        fixation["duration_ms"] += duration
        for column, value in zip(reading.values(), (sentence_id, shown, int(end[-1])), strict=True):
            column.append(value)
    return reading, fixation
