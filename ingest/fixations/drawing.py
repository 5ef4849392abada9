"""A look at what would be loaded: the first trial as words with the numbers of its fixations, and counts by reader."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ingest.fixations.collecting import Collection, collect
from ingest.fixations.study import Study, given
from ingest.fixations.survey import Count, survey
from ingest.fixations.trials import Read


def draw(
    *files: Path,
    mapping: str | None,
    words: tuple[Path, ...],
    dataset: str | None = None,
    directory: Path | None = None,
    width: int,
    **_: Any,
) -> Iterator[str | list[dict[str, Any]]]:
    """Draw the first trial, and count what each reader read and what of it is rejected."""
    study = Study.opened(*given(files, mapping, dataset, directory), words)
    with tempfile.TemporaryDirectory(prefix="fixations-") as records:
        collection = collect(study.tables, study.mapping, study.text, Path(records))
        counts = survey(study, collection)
        yield from _first_trial(study, collection, width)
        yield ""
        yield [_row(count) for count in counts]
        yield ""
        yield from _rejected(counts)


def _first_trial(study: Study, collection: Collection, width: int) -> list[str]:
    for person, found in study.readers(collection):
        if len(found.word):
            trial, ordinals = found.trials[0], found.ordinal
            end = int(np.flatnonzero(np.diff(ordinals, append=-1) < 0)[0]) + 1
            head = f"Reader {person.label} ({person.group}), {trial.label}: the words, and below each its fixations"
            return [f"{head} (from 0; {_off(found, end)} of {end} on no word)", "", *_lines(study, found, end, width)]
    return ["No trial is left."]


def _off(found: Read, end: int) -> int:
    return int((found.word[:end] < 0).sum())


def _lines(study: Study, found: Read, end: int, room: int) -> list[str]:
    """Lay out the words of the trial's page, with the numbers of the fixations on each below it."""
    page, text = found.trials[0].page, study.text
    labels = list(text.rows)[text.first_row_of_page[page] : text.first_row_of_page[page + 1]]
    numbers: dict[tuple[int, int], list[str]] = {}
    for row, word, ordinal in zip(found.row[:end], found.word[:end], found.ordinal[:end], strict=True):
        numbers.setdefault((int(row), int(word)), []).append(str(ordinal))
    first = int(text.first_row_of_page[page])
    cells = [
        (word.text, " ".join(numbers.get((first + place, position), [])))
        for place, label in enumerate(labels)
        for position, word in enumerate(text.rows[label])
    ]
    lines, above, below = [], "", ""
    for word, told in [*cells, ("", "")]:
        width = max(len(word), len(told)) + 2
        if above and (len((above + word).rstrip()) > room or len((below + told).rstrip()) > room or not word):
            lines += [above.rstrip(), below.rstrip()]
            above = below = ""
        above, below = above + word.ljust(width), below + told.ljust(width)
    return lines


def _row(one: Count) -> dict[str, Any]:
    return {
        "reader": one.label, "group": one.group, "trials": one.trials, "fixations": one.fixations,
        "on no word, %": 1 - one.on_word / one.fixations if one.fixations else None, "rejected": len(one.rejected),
        "left out because": one.excluded_because,
    }  # fmt: skip


def _rejected(counts: list[Count]) -> list[str]:
    found = [one for count in counts for one in count.rejected]
    reasons = Counter(one.reason for one in found)
    first = {one.reason: one.place for one in reversed(found)}
    return [f"Rejected: {count:,} trials: {why}, first {first[why]}." for why, count in reasons.most_common()]
