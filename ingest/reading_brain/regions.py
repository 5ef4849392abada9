"""Activation of a brain region at each saccade, as published: reader -> article -> sentence -> square matrix.

**Whose record is whose.** The records carry no names. Each was compared with the saccades of all readers of its group
(rule `first_three`, share of common cells among the cells of either): every record matches one reader with 0.76 to
1.00, and all others with at most 0.37. Records follow the readers' labels. L1 has 52, for sub-01 to sub-52, of which
6, 20, 47, 49, 50, 51 are empty (counted from 0); L2 has 55, for sub-01 to sub-56 without sub-43, of which 41 (sub-42,
who has read four articles) is empty. So record 42 of L2 is sub-44. `oddities.toml` says who has no record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.reading_brain.files import digest, sha256
from ingest.reading_brain.oddities import oddities
from ingest.reading_brain.pickles import load
from ingest.reading_brain.sentences import CORPUS, WORDS
from warehouse.errors import BadInput, MissingInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rejection, Rows, Unit
from warehouse.schema.tables import human

LARGEST = 1e300
"""Values beyond these are not activations; whole numbers of a pickle have no bound of their own."""
EXCLUSION_SOURCE = "published region files of Gao et al. 2023 (EMNLP Findings)"


@dataclass(frozen=True)
class RegionRecord:
    """What was published of one reader.

    Attributes
    ----------
    key : str
        Group and label, e.g. ``L1/sub-02``.
    subject_id : int
        The reader.
    matrices : list
        Square matrices by sentence of the corpus, unchecked; empty where nothing was published.
    excluded_because : str
        Why it is empty; empty where it is not.
    files : dict of str to str
        Name to SHA-256.
    """

    key: str
    subject_id: int
    matrices: list[Any]
    excluded_because: str
    files: dict[str, str]


def read_records(files: Sequence[Path], text: Stimulus, group: str, subjects: Mapping[str, int]) -> list[RegionRecord]:
    """Read the records of a group's readers, all files together in their order, and say whose they are.

    Parameters
    ----------
    files : sequence of Path
        Pickles: reader -> article -> sentence -> matrix.
    text : Stimulus
        The sentences, to check the numbers of articles and sentences.
    group : str
        The readers' group.
    subjects : mapping of str to int
        `subject_id` by label, all readers of the group.

    Raises
    ------
    BadInput
        If a file is no such pickle, a record has other articles or sentences than the corpus, or the number of records
        is not that of the readers.
    """
    if not files:
        raise MissingInput("The command", "file of region values")
    published = [(path, number, record) for path in files for number, record in enumerate(_list(load(path), path))]
    digests = {path.name: sha256(path.read_bytes()) for path in files}
    known = oddities().no_roi_record if text.corpus == CORPUS else frozenset()
    silent = {label for label in subjects if (group, label) in known}
    expected = sorted(set(subjects) - silent)
    if len(published) != len(expected):
        what = f"hold {len(published)} records where {len(expected)} readers of {group} are loaded to have one"
        raise BadInput(what, ", ".join(map(str, files)), "give that group's file and load all of its readers first")
    records = []
    for label, (path, number, record) in zip(expected, published, strict=True):
        matrices = _by_sentence(record, f"{path}, record {number}", text)
        because = "" if matrices else f"record {number} of {path.name} is empty"
        records.append(RegionRecord(f"{group}/{label}", subjects[label], matrices, because, digests))
    absent = f"no record in {', '.join(digests)}"
    return records + [
        RegionRecord(f"{group}/{label}", subjects[label], [], absent, digests) for label in sorted(silent)
    ]


def region_unit(record: RegionRecord, text: Stimulus, region: str) -> Unit:
    """Make the unit of one reader and region."""
    key = f"{text.corpus}/{region}/{record.key}"
    return Unit(key, digest(key, list(record.files.items())), lambda: _rows(record, text, region), record.files)


def fault(matrix: Any, word_count: int) -> str:
    """Say what keeps a matrix from being the activation at the words' pairs; empty where nothing does."""
    rows = _plain(matrix)
    rows = [_plain(row) for row in rows] if isinstance(rows, list) else None
    if rows is None or not all(isinstance(row, list) for row in rows):
        return "it is not a matrix"
    lengths = sorted({len(row) for row in rows})
    if lengths and lengths != [len(rows)]:
        told = ", ".join(map(str, lengths[:9])) + (", ..." if len(lengths) > 9 else "")
        return f"it has {len(rows)} rows of {told} values: it is not square"
    if len(rows) != word_count:
        return f"the matrix is {len(rows)} x {len(rows)} where the sentence has {word_count} words"
    if not all(isinstance(value, int | float) and -LARGEST < value < LARGEST for row in rows for value in row):
        return "it holds values that are not finite numbers"
    return ""


def _rows(record: RegionRecord, text: Stimulus, region: str) -> Rows:
    (region_id,) = (yield human.region, {"region": [region], "description": [f"Region of interest: {region}"]}) or []
    yield (
        human.measure,
        {
            "measure": [f"roi_value/{region}"],
            "quantity": ["roi_value"],
            "saccade_rule_id": [None],
            "region_id": [region_id],
            "measure_unit": ["a.u."],
            "description": [f"Activation of the region {region} at the saccade from word to word"],
        },
    )
    if record.excluded_because:
        yield _exclusion(record, region_id)
    else:
        yield from _values(record, text, region_id)


def _exclusion(record: RegionRecord, region_id: int) -> tuple[Any, dict[str, list[Any]]]:
    return human.exclusion, {
        "subject_id": [record.subject_id],
        "saccade_rule_id": [None],
        "region_id": [region_id],
        "sentence_id": [None],
        "excluded_because": [record.excluded_because],
        "source": [EXCLUSION_SOURCE],
    }


def _values(record: RegionRecord, text: Stimulus, region_id: int) -> Rows:
    """Yield what is covered and the non-zero cells; sentences whose matrix does not fit are told, never padded."""
    covered: list[int] = []
    cells: list[tuple[np.ndarray, ...]] = []
    sentences = zip(text.sentence_id.tolist(), text.label, text.word_count.tolist(), record.matrices, strict=True)
    for sentence_id, label, word_count, matrix in sentences:
        if reason := fault(matrix, word_count):
            yield Rejection(f"{record.key}, sentence {label}", reason)
        else:
            covered.append(sentence_id)
            cells.append(_cells(sentence_id, np.asarray(matrix, dtype=np.float64)))
    if covered:
        yield human.roi_coverage, {**_whose(record, region_id, len(covered)), "sentence_id": covered}
        names = ("sentence_id", "from_word", "to_word", "roi_value")
        values = dict(zip(names, map(np.concatenate, zip(*cells, strict=True)), strict=True))
        yield human.roi_value, {**_whose(record, region_id, len(values["roi_value"])), **values}


def _cells(sentence_id: int, matrix: np.ndarray) -> tuple[np.ndarray, ...]:
    """Give sentence, from word, to word and value of the cells other than 0, four arrays (n_cells,)."""
    from_word, to_word = np.nonzero(matrix)
    return np.full(len(from_word), sentence_id), from_word, to_word, matrix[from_word, to_word]


def _whose(record: RegionRecord, region_id: int, count: int) -> dict[str, Any]:
    return {"subject_id": [record.subject_id] * count, "region_id": [region_id] * count}


def _plain(value: Any) -> Any:
    """Give an array as lists, one that is larger than any sentence as its shape: it may be empty and have all axes."""
    if not isinstance(value, np.ndarray):
        return value
    return value.tolist() if max(value.shape, default=0) <= WORDS else value.shape


def _by_sentence(record: Any, where: str, text: Stimulus) -> list[Any]:
    """Give the matrices in the order of the sentences; an empty record gives none."""
    articles = [_list(article, where) for article in _list(record, where)]
    if not any(articles):
        return []
    shape = [len(article) for article in articles]
    expected = np.bincount(text.article).tolist()
    if shape != expected:
        raise BadInput(f"has articles of {shape} sentences where {text.corpus} has {expected}", where, "check the file")
    return [matrix for article in articles for matrix in article]


def _list(value: Any, where: object) -> list[Any]:
    if not isinstance(value, list):
        raise BadInput(
            f"holds a {type(value).__name__} where a list is expected", where, "give reader -> article -> sentence"
        )
    return value
