"""Words of a corpus in reading order: how long readers took for them, and what is known of them."""

import hashlib
from dataclasses import dataclass

import numpy as np

from warehouse.slices.cells import asked, sentences
from warehouse.slices.reading import Reading, Work

QUANTITIES = ("first_fixation_duration", "gaze_duration", "go_past_time", "total_reading_time")


@dataclass(frozen=True)
class Words:
    """The words of the sentences that are asked for: `sentence_id` of each (n_words,), and where sentences begin."""

    sentence_id: np.ndarray
    of: np.ndarray
    first: np.ndarray

    def place(self, sentence_id: np.ndarray, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give which rows are of these words, (n_rows,) of bool, and the places of those that are."""
        own = np.isin(sentence_id, self.of)
        return own, np.asarray(self.first[np.searchsorted(self.of, sentence_id[own])] + position[own])


def reading_times(reading: Reading, work: Work) -> np.ndarray:
    """Give a measure of the readers of a group [ms], (n_words, n_readers); nan where a reader has none."""
    return np.asarray(_times(reading, work)[QUANTITIES.index(work["quantity"])])


def word_sentence(reading: Reading, work: Work) -> np.ndarray:
    """Give the sentence of every word, (n_words,) of int, ascending."""
    return _words(reading, work).sentence_id


def word_baseline(reading: Reading, work: Work) -> np.ndarray:
    """Give length, place in the sentence and, where the corpus has it, log frequency, (n_words, 2 or 3) float64."""

    def ask() -> np.ndarray:
        words = _words(reading, work)
        sentence, position, length, frequency = reading.arrays(_BASELINE, [work["corpus_id"]])
        own, place = words.place(sentence, position)
        found = np.full((len(words.sentence_id), 3), np.nan)
        found[place] = np.column_stack([length[own], position[own], frequency[own]])
        return found[:, :2] if np.isnan(found[:, 2]).all() else found

    found: np.ndarray = reading.remember("word baseline", work["corpus_id"], ask, at_most=4)
    return found


def word_surprisal(reading: Reading, work: Work) -> np.ndarray:
    """Give the surprisal of every word under a unit's model [bits], (n_words,); nan where it has none."""

    def ask() -> np.ndarray:
        words = _words(reading, work)
        sentence, position, bits = reading.arrays(_SURPRISAL, [work["extraction_id"]])
        own, place = words.place(sentence, position)
        found = np.full(len(words.sentence_id), np.nan)
        found[place] = bits[own]
        return found

    found: np.ndarray = reading.remember("surprisal", work["extraction_id"], ask, at_most=16)
    return found


def time_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what the times are made of."""
    return {"reading times": _digest(reading_times(reading, work), word_sentence(reading, work))}


def word_inputs(reading: Reading, work: Work) -> dict[str, str]:
    """Name what is known of words."""
    return {"word baseline": _digest(word_baseline(reading, work)), "surprisal": _digest(word_surprisal(reading, work))}


def _digest(*arrays: np.ndarray) -> str:
    parts = [(array.shape, np.ascontiguousarray(array).tobytes()) for array in arrays]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _words(reading: Reading, work: Work) -> Words:
    corpus, kept = sentences(reading, work), asked(reading, work)
    of, counts = corpus.sentence_id[kept], corpus.word_count[kept]
    return Words(np.repeat(of, counts), of, np.cumsum(counts) - counts)


def _times(reading: Reading, work: Work) -> np.ndarray:
    """Pull all measures of a group's readers, (n_measures, n_words, n_readers), readers ascending by id."""

    def ask() -> np.ndarray:
        words = _words(reading, work)
        subject, sentence, position, *values = reading.arrays(_TIMES, [work["corpus_id"], work["language_group"]])
        own, place = words.place(sentence, position)
        readers, column = np.unique(subject, return_inverse=True)
        found = np.full((len(QUANTITIES), len(words.sentence_id), len(readers)), np.nan)
        for quantity, of_all in enumerate(values):
            found[quantity, place, column[own]] = of_all[own]
        return found

    found: np.ndarray = reading.remember("reading times", (work["corpus_id"], work["language_group"]), ask, at_most=4)
    return found


_TIMES = f"""
SELECT
    array_agg(subject_id), array_agg(sentence_id), array_agg(word_position::integer),
    {", ".join(f"array_agg(COALESCE({name}_ms, 'NaN'))" for name in QUANTITIES)}
FROM slice.reading_time WHERE corpus_id = %s AND language_group = %s
"""
_BASELINE = """
SELECT
    array_agg(sentence_id), array_agg(word_position::integer), array_agg(character_count),
    array_agg(COALESCE(log10_frequency, 'NaN'))
FROM slice.word_baseline WHERE corpus_id = %s
"""
_SURPRISAL = """
SELECT array_agg(sentence_id), array_agg(word_position::integer), array_agg(surprisal_bits::double precision)
FROM model.word_surprisal WHERE extraction_id = %s
"""
