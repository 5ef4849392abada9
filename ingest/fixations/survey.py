"""What the files hold, reader by reader, before anything of it is loaded; and what keeps it from being loaded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.fixations.collecting import Collection
from ingest.fixations.study import Study
from ingest.fixations.trials import Read
from warehouse import logs
from warehouse.errors import BadInput
from warehouse.plugin.contents import Rejection

MOST = 0.1
"""Share of trials that may be rejected for one reason; of more, the files are not what the mapping says."""
USUAL_MS = (10, 10_000)
"""Between which the middle of durations is; others are not in milliseconds."""
STEPS = 100
"""So many steps from word to word are not all to a later one."""
IN_ORDER = "give each fixation once and in its order, or correct the mapping"
AGAIN = "give each fixation once; where a page was read again, name the column that tells: [columns] reading"
REMEDIES = {
    "two fixations": AGAIN,
    "twice": AGAIN,
    "no time of a recording": "give times from the start of the recording, say their unit, or leave start_ms out",
    "no duration": "name a column in milliseconds; where decimals have a comma, write decimal = ',' in [files]",
}
"""What to do, by a part of the reason."""


@dataclass(frozen=True)
class Count:
    """What one reader read: trials, fixations, those on a word, and the trials that are rejected."""

    label: str
    group: str
    trials: int
    fixations: int
    on_word: int
    rejected: Sequence[Rejection]
    excluded_because: str = ""


def survey(study: Study, collection: Collection) -> list[Count]:
    """Count what each reader read.

    Raises
    ------
    BadInput
        If a reader looked at no word, many trials cannot be, durations are not in milliseconds, or no eye goes back.
    """
    counts, durations, is_ahead = [], [], Counter[bool]()
    for person, found in study.readers(collection):
        is_ahead.update((_steps(found) > 0).tolist())
        durations.append(float(np.median(found.duration)) if len(found.duration) else np.nan)
        why = study.mapping.exclude.get(person.label, "")
        counts.append(Count(person.label, person.group, len(found.trials), len(found.word),
                            int((found.word >= 0).sum()), found.rejected, why))  # fmt: skip
    _refuse_many_rejected(counts)
    _refuse_who_looked_nowhere(counts)
    if is_ahead[True] >= STEPS and not is_ahead[False]:
        what = "each is on a later word than the one before, and every eye goes back at times: these are totals by word"
        raise BadInput(what, "the fixations", "give the fixation report, with one row a fixation")
    known = [value for value in durations if not np.isnan(value)]
    middle = float(np.median(known)) if known else USUAL_MS[0]
    if not USUAL_MS[0] <= middle <= USUAL_MS[1]:
        what = f"durations are {middle:.6g} in the middle, and a fixation lasts about 200 ms"
        remedy = 'name a column in milliseconds, or say its unit, e.g. {column = "duration", unit = "s"}'
        raise BadInput(what, "[columns] duration_ms", remedy)
    if all(count.excluded_because for count in counts):
        logs.remark("Nobody is left: the mapping excludes every reader, and nothing can be computed from them.")
    for label in study.mapping.exclude.keys() - collection.people.keys():
        logs.remark(f"The mapping excludes the reader {label}, who is not in these files.")
    return counts


def _steps(found: Read) -> np.ndarray:
    """Give by how many words each fixation is beyond the one before it in the same sentence, (n_steps,)."""
    is_step = (np.diff(found.row) == 0) & (np.diff(found.reading) == 0) & (found.word[1:] >= 0) & (found.word[:-1] >= 0)
    return np.asarray(np.diff(found.word)[is_step])


def _refuse_many_rejected(counts: Sequence[Count]) -> None:
    rejected = [one for count in counts for one in count.rejected]
    trials = sum(count.trials for count in counts) + len(rejected)
    for reason, number in Counter(one.reason for one in rejected).most_common(1):
        if number > MOST * trials:
            first = next(one for one in rejected if one.reason == reason)
            where = f"{first.place}, and {number - 1:,} other of {trials:,} trials" if number > 1 else first.place
            remedy = next((told for part, told in REMEDIES.items() if part in reason), IN_ORDER)
            raise BadInput(reason, where, remedy)


def _refuse_who_looked_nowhere(counts: Sequence[Count]) -> None:
    for count in counts:
        if not count.on_word and not count.excluded_because and not count.rejected:
            what = f"has {count.fixations:,} fixations, and none of them is on a word"
            remedy = "correct [word] in the mapping, or leave the reader out: [readers] exclude"
            raise BadInput(what, f"reader {count.label}", remedy)
