"""A simulated study in which readers read different articles, and one of them twice, with a truth that is planted.

1. Reader n reads the articles n, n + 1 and n + 2 (modulo their number), so that readers of five kinds overlap, and the
   first of these again at the end. Nobody is left out for it.
2. At the second reading a reader looks back half as often as at the first.
3. Readers follow the planted preference, and heads attend to it, as in `simulated_readers`: the larger model is more
   like the readers, by what each of them read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

import numpy as np

from ingest.simulated_readers.gaze import Habit, durations, scan_path
from ingest.simulated_readers.models import extraction_of
from ingest.simulated_readers.readers import GAP_MS, reader_label
from ingest.simulated_readers.text import SimulatedSentence, write_text
from ingest.simulated_readers.truth import ARTICLES, CITATION, L1, LICENCE, MODELS, SENTENCES_PER_ARTICLE
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stimulus, Stored
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Columns, Extraction, Rows, Unit
from warehouse.plugin.limits import require
from warehouse.plugin.registry import source
from warehouse.schema.tables import human

CORPUS = "simulated_incomplete"
READ, VERSION = 3, 1
"""Articles that each reader reads; part of every digest, raised when the study changes."""
PLANTED = (MODELS[0], MODELS[2])
"""The models, from the least to the most like the readers."""


@source(licence=LICENCE, citation=CITATION)
def simulated_incomplete(
    *,
    stored: Stored,
    seed: Annotated[int, "Seed of the study: the same seed makes the same study."] = 20231206,
    readers: Annotated[int, "Readers; each reads three of five articles, and the first of them again."] = 15,
) -> Iterator[Unit | Extraction]:
    """Make readers who read different articles, one of them twice, and two attention models, with a planted truth.

    Raises
    ------
    BadInput
        Fewer than 5 readers, or a negative seed.
    """
    require("readers", readers, ARTICLES, 10_000)
    require("seed", seed, 0, 2**63 - 1)
    text, of = write_text(seed), 1 + readers + len(PLANTED)
    yield Unit(f"{CORPUS}/text", _digest(seed, "text"), partial(_text_rows, text), of=of)
    stimulus = stored.stimulus(CORPUS)
    for number in range(readers):
        key = f"{CORPUS}/L1/{reader_label(number)}"
        yield Unit(key, _digest(seed, key), partial(_reader_rows, number, text, stimulus, seed), of=of)
    plain = stored.conditions()["plain"]
    governors = {int(i): text[name].governor for i, name in zip(stimulus.sentence_id, stimulus.label, strict=True)}
    for model in PLANTED:
        yield extraction_of(model, plain, stimulus, governors, seed)


def _text_rows(text: Mapping[str, SimulatedSentence]) -> Rows:
    facts: dict[str, str | bool] = {
        "corpus": CORPUS, "language": "en", "licence": LICENCE, "citation": CITATION, "is_simulated": True,
    }  # fmt: skip
    sentences, size = [(label, sentence.text) for label, sentence in text.items()], SENTENCES_PER_ARTICLE
    yield from text_rows(facts, [dict(sentences[i : i + size]) for i in range(0, len(sentences), size)])


def _reader_rows(number: int, text: Mapping[str, SimulatedSentence], stimulus: Stimulus, seed: int) -> Rows:
    rng = np.random.default_rng([seed, 3, number])
    first = Habit.of(L1, rng)
    who: Columns = {"corpus_id": [stimulus.corpus_id], "language_group": ["L1"],
                    "subject_label": [reader_label(number)], "demographics": [{}]}  # fmt: skip
    (subject_id,) = (yield human.subject, who) or []
    shown = [(1, article) for article in (np.arange(READ) + number) % ARTICLES] + [(2, number % ARTICLES)]
    habits = {1: first, 2: replace(first, regression=first.regression / 2)}
    readings: list[tuple[int, ...]] = []
    fixations: list[tuple[int | None, ...]] = []
    for reading, article in shown:
        for index in np.flatnonzero(stimulus.article == article).tolist():
            sentence_id = int(stimulus.sentence_id[index])
            path = list(scan_path(text[stimulus.label[index]], habits[reading], rng))
            lasted = durations(len(path), first, rng)
            end = np.cumsum(lasted) + GAP_MS * np.arange(1, len(path) + 1)
            fixations += zip([sentence_id] * len(path), [reading] * len(path), range(len(path)), path,
                             (end - lasted).tolist(), lasted, strict=True)  # fmt: skip
            readings.append((sentence_id, reading, len(readings), int(end[-1])))
    yield human.reading, _columns(subject_id, readings, ("sentence_id", "reading_ordinal", "presentation_order",
                                                         "reading_time_ms"))  # fmt: skip
    yield human.fixation, _columns(subject_id, fixations, ("sentence_id", "reading_ordinal", "fixation_ordinal",
                                                           "word_position", "start_ms", "duration_ms"))  # fmt: skip
    yield human.saccade, {"subject_id": [subject_id]}


def _columns(subject_id: int, rows: Sequence[tuple[int | None, ...]], names: tuple[str, ...]) -> Columns:
    columns = map(list, zip(*rows, strict=True))
    return {"subject_id": [subject_id] * len(rows), **dict(zip(names, columns, strict=True))}


def _digest(*made_from: object) -> str:
    return fingerprint({"version": VERSION, "made_from": made_from})
