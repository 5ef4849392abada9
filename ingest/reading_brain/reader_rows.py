"""The rows of one reader: who it is, what was shown, where the eyes went, and what is left out and why."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from ingest.reading_brain.files import digest
from ingest.reading_brain.oddities import Exclusion
from ingest.reading_brain.readers import Reader
from ingest.reading_brain.sentences import CORPUS, StimulusSentence
from warehouse import logs
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Columns, Rows, Unit
from warehouse.schema.tables import human

READ = "with the time on display"
"""What is read of the files: when that becomes more, the next ingest completes readers who were loaded before."""


def reader_unit(
    reader: Reader,
    sentences: Sequence[StimulusSentence],
    stimulus: Stimulus,
    known: Sequence[Exclusion],
    rules: Mapping[str, int],
) -> Unit:
    """Make the unit of one reader.

    Parameters
    ----------
    reader : Reader
        With all readings.
    sentences : sequence of Sentence
        All that a complete reader has read.
    stimulus : Stimulus
        The same as stored.
    known : sequence of Exclusion
        Those that cannot be seen from the files.
    rules : mapping of str to int
        `saccade_rule_id` by name of the rule.
    """
    excluded = list(exclusions(reader, sentences, known))
    text = [(sentence.label, sentence.text) for sentence in sentences]
    reasons = [(e.saccade_rule, e.excluded_because, e.source) for e in excluded]
    whole = digest(READ, reader.key, reader.demographics, list(reader.files.items()), text, reasons)
    key = reader.key if stimulus.corpus == CORPUS else f"{stimulus.corpus}/{reader.key}"
    return Unit(key, whole, lambda: _rows(reader, stimulus, excluded, rules), reader.files)


def exclusions(
    reader: Reader, sentences: Sequence[StimulusSentence], known: Sequence[Exclusion]
) -> Iterator[Exclusion]:
    """Tell what a reader is left out of: as known, and of everything where sentences are missing."""
    mine = [e for e in known if e.is_of(reader.language_group, reader.subject_label, reader.recordings)]
    yield from mine
    missing = [sentence.label for sentence in sentences if sentence.label not in reader.readings]
    if missing and all(e.saccade_rule is not None for e in mine):
        reason = f"no events for {len(missing)} of {len(sentences)} sentences, {missing[0]} the first of them"
        source = "rule of this warehouse: a reader must have read every sentence"
        yield Exclusion(reader.language_group, reader.subject_label, "", reason, source)


def tell_exclusions(
    readers: Sequence[Reader], sentences: Sequence[StimulusSentence], known: Sequence[Exclusion]
) -> None:
    """Say who is left out and why, and whether anybody is left."""
    found = {reader.key: list(exclusions(reader, sentences, known)) for reader in readers}
    for key, reasons in found.items():
        for one in reasons:
            of = f" of what the rule {one.saccade_rule} makes" if one.saccade_rule else ""
            logs.remark(f"{key} is left out{of}: {one.excluded_because}.")
    if all(any(one.saccade_rule is None for one in reasons) for reasons in found.values()):
        logs.remark("Nobody is left: every reader is left out, and nothing can be computed from them.")


def _rows(reader: Reader, stimulus: Stimulus, excluded: Sequence[Exclusion], rules: Mapping[str, int]) -> Rows:
    sentence_id = dict(zip(stimulus.label, map(int, stimulus.sentence_id), strict=True))
    who: Columns = {
        "corpus_id": [stimulus.corpus_id],
        "language_group": [reader.language_group],
        "subject_label": [reader.subject_label],
        "demographics": [reader.demographics],
    }
    (subject_id,) = (yield human.subject, who) or []
    yield from reader.unread
    yield human.reading, _reading_columns(reader, subject_id, sentence_id)
    yield human.fixation, _fixation_columns(reader, subject_id, sentence_id)
    for exclusion in excluded:
        yield (
            human.exclusion,
            {
                "subject_id": [subject_id],
                "saccade_rule_id": [None if exclusion.saccade_rule is None else rules[exclusion.saccade_rule]],
                "region_id": [None],
                "sentence_id": [None],
                "excluded_because": [exclusion.excluded_because],
                "source": [exclusion.source],
            },
        )
    yield human.saccade, {"subject_id": [subject_id]}  # derived from the fixations in SQL, by every rule


def _reading_columns(reader: Reader, subject_id: int, sentence_id: Mapping[str, int]) -> Columns:
    return {
        "subject_id": [subject_id] * len(reader.readings),
        "sentence_id": [sentence_id[label] for label in reader.readings],
        "presentation_order": list(range(len(reader.readings))),
        "reading_time_ms": [reading.reading_time_ms for reading in reader.readings.values()],
        "display_time_ms": [reading.display_time_ms for reading in reader.readings.values()],
        "missing_because": [reading.missing_because for reading in reader.readings.values()],
    }


def _fixation_columns(reader: Reader, subject_id: int, sentence_id: Mapping[str, int]) -> Columns:
    counts = {label: len(reading.start_ms) for label, reading in reader.readings.items()}
    readings = reader.readings.values()
    return {
        "subject_id": [subject_id] * sum(counts.values()),
        "sentence_id": [sentence_id[label] for label, count in counts.items() for _ in range(count)],
        "fixation_ordinal": list(chain.from_iterable(map(range, counts.values()))),
        "word_position": list(chain.from_iterable(reading.word_position for reading in readings)),
        "start_ms": list(chain.from_iterable(reading.start_ms for reading in readings)),
        "duration_ms": list(chain.from_iterable(reading.duration_ms for reading in readings)),
    }
