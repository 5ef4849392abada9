"""One event file: what one reader's eyes did during one run, fixation by fixation.

The oddities of these files: rows outside sentences (``SentenceID`` is ``.`` or ``UNDEFINEDnull``), question screens
among them, are dropped and interrupt nothing; a word counts from 1, is ``.`` where the eye is on no word, and one more
than the sentence has words where it is off the text; the column ``Words`` names the word by that number. A reader who
pressed no key within 8 s has 0 in ``SentenceRT``: the sentence left the screen, and how long reading would take is not
known. ``TRUEOnset`` and ``TRUEOffset``, where a file has them, tell how long it was on the screen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.reading_brain.files import MISSING, read_table, whole_number
from warehouse.errors import BadInput

SENTENCE, TIME, WORD, START, DURATION, TEXT = COLUMNS = (
    "SentenceID",
    "SentenceRT",
    "CURRENT_FIX_INTEREST_AREA_ID",
    "CURRENT_FIX_START",
    "CURRENT_FIX_DURATION",
    "Words",
)
ONSET, OFFSET = SHOWN = ("TRUEOnset", "TRUEOffset")
RECORDING = "RECORDING_SESSION_LABEL"
OUTSIDE_SENTENCES = {"UNDEFINEDnull", *MISSING}
NO_TIME = "the source tells no reading time"
TIMED_OUT = "no key was pressed before the sentence left the screen"


@dataclass
class Reading:
    """One sentence as one reader read it: its fixations in time order.

    Attributes
    ----------
    file : Path
        Where it was found.
    reading_time_ms : int or None
        From the sentence's onset to the key press [ms]; None where there was none.
    display_time_ms : int or None
        How long the sentence was on the screen [ms]; None where the file does not tell.
    missing_because : str or None
        Why there is no reading time.
    word_position : list of (int or None), (n_fixations,)
        Counted from 0; None on no word.
    start_ms, duration_ms : list of int, (n_fixations,)
        Start after the sentence's onset, and duration [ms].
    """

    file: Path
    reading_time_ms: int | None
    display_time_ms: int | None = None
    missing_because: str | None = None
    word_position: list[int | None] = field(default_factory=list)
    start_ms: list[int] = field(default_factory=list)
    duration_ms: list[int] = field(default_factory=list)


def read_events(path: Path, content: bytes, words: Mapping[str, Sequence[str]]) -> tuple[dict[str, Reading], set[str]]:
    """Read an event file.

    Parameters
    ----------
    path : Path
        Named in error messages.
    content : bytes
        The file's content.
    words : mapping of str to sequence of str
        The words of the sentences that may occur, by label.

    Returns
    -------
    readings : dict of str to Reading
        By label of the sentence, in the order in which they were shown.
    recordings : set of str
        The labels of the recording sessions.

    Raises
    ------
    BadInput
        If a column is missing or stands twice, a number is none, a sentence does not exist, is interrupted by
        another or has no such word, or fixations are out of order, at one time, or longer than the trial; the message
        names file, line and text.
    """
    readings, recordings, before = dict[str, Reading](), set[str](), ""
    for line, row in read_table(path, content, COLUMNS, optional=(*SHOWN, RECORDING)):
        label, time, word, start, duration, text, onset, offset, recording = row
        if label in OUTSIDE_SENTENCES:
            continue
        recordings.add(recording)
        where = (path, line)
        if label not in words:
            raise _bad(where, SENTENCE, label, "is not a sentence of the sentences file", "give the file that belongs")
        found = _reading(where, time, onset, offset)
        reading = readings.setdefault(label, found)
        for column, told, of_row, above in (
            (TIME, time, found.reading_time_ms, reading.reading_time_ms),
            (OFFSET, offset, found.display_time_ms, reading.display_time_ms),
        ):
            if of_row != above:
                raise _bad(where, column, told, f"differs from the rows of {label} above", "repair the file")
        if reading is not found and before != label:
            what = f"goes on after rows of {before}, which cannot have been on the screen in between"
            raise _bad(where, SENTENCE, label, what, "keep the rows of a sentence together, in the order of time")
        _refuse_what_cannot_follow(where, reading, start, duration)
        reading.word_position.append(_position(where, label, words[label], word, text))
        reading.start_ms.append(_number(where, START, start))
        reading.duration_ms.append(_number(where, DURATION, duration))
        before = label
    return readings, recordings - MISSING


def _refuse_what_cannot_follow(where: tuple[Path, int], reading: Reading, start: str, duration: str) -> None:
    """Refuse a fixation that begins before the one before it has ended, or is longer than the trial."""
    begins, lasts = _number(where, START, start), _number(where, DURATION, duration)
    if reading.start_ms:
        previous = reading.start_ms[-1]
        if begins < previous:
            raise _bad(where, START, start, "is earlier than the fixation before it", "sort the file by time")
        if begins == previous:
            raise _bad(where, START, start, "is the start of the fixation before it too", "keep each fixation once")
        if begins < previous + reading.duration_ms[-1]:
            ended = previous + reading.duration_ms[-1]
            raise _bad(where, START, start, f"is before the end of the fixation before it, {ended}", "repair the file")
    shown = reading.reading_time_ms or reading.display_time_ms
    if shown and lasts > shown:
        what = f"is longer than the sentence was shown, {shown} ms"
        raise _bad(where, DURATION, duration, what, "repair the file")


def _reading(where: tuple[Path, int], time: str, onset: str, offset: str) -> Reading:
    """Begin a reading with its times; 0 is not a time but the mark of a reading that timed out."""
    pressed = None if time in MISSING else _number(where, TIME, time)
    missing = NO_TIME if pressed is None else None if pressed else TIMED_OUT
    is_told = {onset, offset}.isdisjoint(MISSING)
    display = round(_moment(where, OFFSET, offset) - _moment(where, ONSET, onset)) if is_told else None
    if display is not None and display <= 0:
        raise _bad(where, OFFSET, offset, f"is not after the onset, {onset}", "repair the file")
    return Reading(where[0], pressed or None, display, missing)


def _moment(where: tuple[Path, int], column: str, text: str) -> float:
    """Give a moment of the recording [ms]; the files write some as 9519.0."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise _bad(where, column, text, "is not a time in ms", "repair the file")
    return float(text)


def _position(where: tuple[Path, int], label: str, words: Sequence[str], word: str, text: str) -> int | None:
    """Give the word's position from 0, or None where it is off every word or, one past the last, off the text."""
    if word in MISSING:
        return None
    number = _number(where, WORD, word)
    if not 1 <= number <= len(words) + 1:
        remedy = f"words of {label} count from 1 to {len(words)}"
        raise _bad(where, WORD, word, f"is outside the sentence {label}", remedy)
    if number > len(words):
        if text not in MISSING:
            what = f"is word {number} of {label}, which has {len(words)} words"
            raise _bad(where, TEXT, text, what, "give the sentences file that belongs to these readers")
        return None
    if text != words[number - 1] and text not in MISSING:
        wanted = f"is not word {number} of {label}, {words[number - 1]!r}"
        raise _bad(where, TEXT, text, wanted, "give the sentences file that belongs to these readers")
    return number - 1


def _number(where: tuple[Path, int], column: str, text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise _bad(where, column, text, "is not a whole number", "repair the file")
    return number


def _bad(where: tuple[Path, int], column: str, text: str, what: str, remedy: str) -> BadInput:
    path, line = where
    return BadInput(f"{text[:60]!r} {what}", f"{path}, line {line}, column {column}", remedy)
