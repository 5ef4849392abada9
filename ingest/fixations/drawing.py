"""A look at what would be loaded: the first trial as words with the numbers of its fixations, and counts by reader."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from ingest.fixations.collecting import Collection, collect
from ingest.fixations.study import Study, given
from ingest.fixations.survey import Count, survey
from ingest.fixations.trials import Read
from warehouse.plugin.names import as_printed

WIDTH = 100
"""Characters of a line."""


def draw(
    *files: Path,
    mapping: str | None,
    words: tuple[Path, ...],
    dataset: str | None = None,
    directory: Path | None = None,
    **_: Any,
) -> str:
    """Draw the first trial, and count what each reader read and what of it is rejected."""
    study = Study.opened(*given(files, mapping, dataset, directory), words)
    with tempfile.TemporaryDirectory(prefix="fixations-") as records:
        collection = collect(study.tables, study.mapping, study.text, Path(records))
        counts = survey(study, collection)
        return "\n".join([*_first_trial(study, collection), "", *_counts(counts), "", *_rejected(counts)])


def _first_trial(study: Study, collection: Collection) -> list[str]:
    for person, found in study.readers(collection):
        if len(found.word):
            trial, ordinals = found.trials[0], found.ordinal
            end = int(np.flatnonzero(np.diff(ordinals, append=-1) < 0)[0]) + 1
            head = f"Reader {person.label} ({person.group}), {trial.label}: the words, and below each its fixations"
            return [f"{head} (from 0; {_off(found, end)} of {end} on no word)", "", *_lines(study, found, end)]
    return ["No trial is left."]


def _off(found: Read, end: int) -> int:
    return int((found.word[:end] < 0).sum())


def _lines(study: Study, found: Read, end: int) -> list[str]:
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
        if above and (len(above) + width > WIDTH or not word):
            lines += [as_printed(above.rstrip()), below.rstrip()]
            above = below = ""
        above, below = above + word.ljust(width), below + told.ljust(width)
    return lines


def _counts(counts: list[Count]) -> list[str]:
    rows = [
        (as_printed(one.label), one.group, one.trials, one.fixations, _percent(one), len(one.rejected),
         one.excluded_because) for one in counts
    ]  # fmt: skip
    return [tabulate(rows, ["reader", "group", "trials", "fixations", "on no word", "rejected", "left out because"],
                     tablefmt="simple", disable_numparse=True)]  # fmt: skip


def _percent(one: Count) -> str:
    return f"{1 - one.on_word / one.fixations:.1%}" if one.fixations else ""


def _rejected(counts: list[Count]) -> list[str]:
    found = [one for count in counts for one in count.rejected]
    reasons = Counter(one.reason for one in found)
    first = {one.reason: one.place for one in reversed(found)}
    return [f"Rejected: {count:,} trials: {why}, first {first[why]}." for why, count in reasons.most_common()]
