"""The units of a study: its text in parts, and each of its readers."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from ingest.fixations.collecting import Person
from ingest.fixations.mapping import Mapping as Meaning
from ingest.fixations.study import Study
from ingest.fixations.text import UNSEEN, Text
from ingest.fixations.trials import Read
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stimulus
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Columns, Rows, Unit
from warehouse.schema.tables import human, ops

PAIRS = 200_000
"""Word pairs of a part of the text that is loaded at once."""
NO_TIME = "the source tells no reading time"


def corpus_facts(mapping: Meaning) -> dict[str, str | bool]:
    """Give the columns of `stimulus.corpus`."""
    corpus = mapping.corpus
    return {"corpus": corpus.name, "language": corpus.language, "licence": corpus.licence,
            "citation": corpus.citation, "pair_unit": corpus.pairs}  # fmt: skip


def text_units(mapping: Meaning, text: Text, files: Mapping[str, str]) -> list[Unit]:
    """Make the units of the text: as many articles each as have `PAIRS` word pairs."""
    facts, units, first = corpus_facts(mapping), list[Unit](), 0
    for number, articles in enumerate(_parts(text.articles)):
        key = f"{mapping.corpus.name}/text{f' {number + 1}' if number else ''}"
        digest = fingerprint({"facts": facts, "articles": [list(map(list, one.items())) for one in articles]})
        units.append(Unit(key, digest, partial(_text_rows, facts, articles, first), files))
        first += len(articles)
    return units


def _parts(articles: Sequence[Mapping[str, Sequence[str]]]) -> Iterator[list[Mapping[str, Sequence[str]]]]:
    some: list[Mapping[str, Sequence[str]]] = []
    size = 0
    for article in articles:
        some.append(article)
        size += sum(len(words) ** 2 for words in article.values())
        if size > PAIRS:
            yield some
            some, size = [], 0
    if some:
        yield some


def _text_rows(facts: Mapping[str, str | bool], articles: Sequence[Mapping[str, Sequence[str]]], first: int) -> Rows:
    placed = yield from text_rows(facts, articles, first)
    unseen = {label: words.count(UNSEEN) for article in articles for label, words in article.items() if UNSEEN in words}
    if unseen:
        yield (
            ops.usage_warning_on,
            {
                "usage_warning": ["words_unseen"] * len(unseen),
                "entity": ["sentence"] * len(unseen),
                "entity_id": [placed[label] for label in unseen],
                "reason": [f"{count} words are not known, since nobody looked at them" for count in unseen.values()],
            },
        )


def reader_unit(
    study: Study, person: Person, found: Read, stimulus: Stimulus, rows: np.ndarray, group_description: str
) -> Unit:
    """Make the unit of a reader.

    Parameters
    ----------
    study : Study
        What the reader took part in.
    person : Person
        Who it is.
    found : Read
        What they read.
    stimulus : Stimulus
        The text as stored.
    rows : ndarray (n_sentences,)
        The ids of the stored sentences, in the order of the text.
    group_description : str
        What the reader's group is.
    """
    why = study.mapping.exclude.get(person.label, "")
    taken = hashlib.sha256()
    for column in (found.row, found.reading, found.ordinal, found.word, found.start, found.duration):
        taken.update(np.ascontiguousarray(column, dtype=np.float64).data)
    digest = fingerprint({
        "reader": [person.label, person.group, why], "text": list(study.text.rows),
        "trials": [[trial.label, trial.reading] for trial in found.trials],
        "rejected": [[one.place, one.reason, one.text] for one in found.rejected], "fixations": taken.hexdigest(),
    })  # fmt: skip

    def make() -> Rows:
        yield from found.rejected
        group: Columns = {"language_group": [person.group], "description": [group_description]}
        yield human.language_group, group
        who: Columns = {"corpus_id": [stimulus.corpus_id], "language_group": [person.group],
                        "subject_label": [person.label], "demographics": [{}]}  # fmt: skip
        (subject_id,) = (yield human.subject, who) or []
        yield from _data(found, subject_id, study.text.first_row_of_page, rows)
        if why:
            told = {"excluded_because": [why], "source": ["the mapping of the corpus"]}
            yield human.exclusion, {"subject_id": [subject_id], **told}

    key = f"{study.mapping.corpus.name}/{person.group}/{person.label}"
    return Unit(key, digest, make, study.digests)


def _data(found: Read, subject_id: int, first_row: np.ndarray, rows: np.ndarray) -> Rows:
    if found.trials:
        yield human.reading, _readings(found, subject_id, first_row, rows)
    if len(found.word):
        yield human.fixation, _fixations(found, subject_id, rows)
        yield human.saccade, {"subject_id": [subject_id]}


def _readings(found: Read, subject_id: int, first_row: np.ndarray, rows: np.ndarray) -> Columns:
    """Give a row for every sentence of the pages that were shown."""
    sizes = [int(first_row[trial.page + 1] - first_row[trial.page]) for trial in found.trials]
    count = sum(sizes)
    shown = np.concatenate([np.arange(first_row[t.page], first_row[t.page + 1]) for t in found.trials])
    return {
        "subject_id": [subject_id] * count, "sentence_id": rows[shown],
        "reading_ordinal": np.repeat([trial.reading for trial in found.trials], sizes),
        "presentation_order": np.arange(count), "trial_position": np.repeat(np.arange(len(sizes)), sizes),
        "trial_label": [trial.label for trial, size in zip(found.trials, sizes, strict=True) for _ in range(size)],
        "reading_time_ms": [None] * count, "missing_because": [NO_TIME] * count,
    }  # fmt: skip


def _fixations(found: Read, subject_id: int, rows: np.ndarray) -> Columns:
    return {
        "subject_id": np.full(len(found.row), subject_id), "sentence_id": rows[found.row],
        "reading_ordinal": found.reading, "fixation_ordinal": found.ordinal,
        "word_position": _known(found.word, found.word >= 0), "start_ms": _known(found.start, ~np.isnan(found.start)),
        "duration_ms": found.duration.astype(np.int64),
    }  # fmt: skip


def _known(values: np.ndarray, is_known: np.ndarray) -> list[int | None]:
    """Give whole numbers, None where there is none."""
    found = np.where(is_known, values, 0).astype(np.int64).astype(object)
    found[~is_known] = None
    return list(found)
