"""What a source may ask of the warehouse before it loads: the sentences of a corpus and its readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from psycopg import sql

from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.errors import UnknownName
from warehouse.ledger.unit_records import Done, done_units
from warehouse.plugin.contents import Pairs
from warehouse.schema.natural_keys import identity, natural_key
from warehouse.schema.tables import model

ALL_ARTICLES = (0, 32767)


@dataclass(frozen=True)
class Stimulus:
    """The sentences of one corpus in their canonical order: by `sentence_id`.

    Attributes
    ----------
    corpus_id, corpus : int, str
        The corpus and its name.
    sentence_id, article, position : ndarray (n_sentences,) of int64
        Surrogate id; article of the corpus; place in the article; the latter two count from 0.
    label, text : tuple of str
        The source's own name of each sentence, e.g. ``t.03.16``; the sentence as one string.
    words : tuple of tuple of str
        The words of each sentence.
    """

    corpus_id: int
    corpus: str
    sentence_id: np.ndarray
    article: np.ndarray
    position: np.ndarray
    label: tuple[str, ...]
    text: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.sentence_id)

    @cached_property
    def word_count(self) -> np.ndarray:
        """Words of each sentence, (n_sentences,)."""
        return np.array([len(words) for words in self.words], dtype=np.int64)

    @cached_property
    def causal_pairs(self) -> Pairs:
        """The lower triangles with diagonal of all sentences, row by row: the order of cells in regressions."""
        cells = [np.tril_indices(n) for n in self.word_count]
        sizes = [len(rows) for rows, _ in cells]
        rows = np.concatenate([rows for rows, _ in cells])
        columns = np.concatenate([columns for _, columns in cells])
        return Pairs(np.repeat(self.sentence_id, sizes), rows, columns)


class Stored:
    """Read-only questions to the warehouse."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stimulus(self, corpus: str, articles: tuple[int, int] = ALL_ARTICLES) -> Stimulus:
        """Give the sentences of a corpus.

        Parameters
        ----------
        corpus : str
            Its name.
        articles : (int, int)
            The first and the last article, for corpora that are larger than memory; by default all.

        Raises
        ------
        UnknownName
            If no such corpus is loaded, or it has none of these articles.
        """
        rows = self._connection.execute(_SENTENCES, [corpus, *articles]).fetchall()
        if not rows:
            raise UnknownName("corpus", corpus, self.names("stimulus.corpus", "corpus"))
        corpus_id, sentence_id, article, position, label, text, words = zip(*rows, strict=True)
        ids, numbers, places = (np.array(column, dtype=np.int64) for column in (sentence_id, article, position))
        return Stimulus(corpus_id[0], corpus, ids, numbers, places, label, text, tuple(map(tuple, words)))

    def pages(self, corpus: str) -> dict[int, int]:
        """Give which sentences of a corpus were on one screen: ``sentence_id`` to that of the first of them.

        Sentences whose screens are not known are left out.
        """
        return dict(self._connection.execute(_PAGES, [corpus]).fetchall())

    def subjects(self, corpus: str, language_group: str) -> dict[str, int]:
        """Give the readers of a group: label to `subject_id`, in the order of their labels."""
        found = dict(self._connection.execute(_SUBJECTS, [corpus, language_group]).fetchall())
        if not found:
            groups = self._connection.execute(_GROUPS, [corpus]).fetchall()
            raise UnknownName(f"group of readers of {corpus!r}", language_group, [group for (group,) in groups])
        return found

    def conditions(self) -> dict[str, dict[str, Any]]:
        """Give the conditions by name: the columns of `model.condition` of each, without its id."""
        columns = [column.name for column in model.condition.columns if not column.primary_key]
        rows = self._connection.execute(f"SELECT {', '.join(columns)} FROM model.condition ORDER BY condition_id")
        return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}

    def ids(self, table: str, column: str) -> dict[str, int]:
        """Give the surrogate id of every row of a lookup table by its name; `table` and `column` are the code's own."""
        return dict(self._connection.execute(f"SELECT {column}, {column}_id FROM {table} ORDER BY 2").fetchall())

    def described(self, table: str, column: str) -> dict[str, str]:
        """Give the description of every row of a lookup table by its name; `table` and `column` are the code's own."""
        return dict(self._connection.execute(f"SELECT {column}, description FROM {table}").fetchall())

    def keys(self, table: Table) -> dict[tuple[Any, ...], int]:
        """Give the surrogate id of every row of a table by its natural key; of extractions, the complete ones."""
        columns = sql.SQL(", ").join(map(sql.Identifier, [*natural_key(table), str(identity(table))]))
        where = sql.SQL("extraction_status = 'complete'" if "extraction_status" in table.c else "true")
        name = sql.Identifier(table.schema or "", table.name)
        rows = self._connection.execute(sql.SQL("SELECT {} FROM {} WHERE {}").format(columns, name, where)).fetchall()
        return {tuple(key): number for *key, number in rows}

    def predictor_ids(self, sets: Sequence[str]) -> list[int]:
        """Give the predictors of some sets, each once."""
        return [number for (number,) in self._connection.execute(_PREDICTORS, [list(sets)]).fetchall()]

    def standing(self, job: str) -> dict[str, Done]:
        """Give the units of a job that stand, by key."""
        return done_units(self._connection, job)

    def names(self, table: str, column: str) -> list[str]:
        """Give all values of a name column; `table` and `column` are the code's own, never a user's."""
        return [name for (name,) in self._connection.execute(f"SELECT {column} FROM {table} ORDER BY 1").fetchall()]


_SENTENCES = """
SELECT
    corpus_id, sentence_id, article_position, sentence_position, sentence_label, sentence_text,
    (SELECT array_agg(word_text ORDER BY word_position) FROM stimulus.word WHERE word.sentence_id = s.sentence_id)
FROM stimulus.corpus
JOIN stimulus.article USING (corpus_id)
JOIN stimulus.sentence AS s USING (article_id)
WHERE corpus = %s AND article_position BETWEEN %s AND %s
ORDER BY sentence_id
"""

_PREDICTORS = (
    "SELECT DISTINCT predictor_id FROM stimulus.predictor_set_member WHERE predictor_set = ANY (%s) ORDER BY 1"
)

_PAGES = """
SELECT sentence_id, min(first_sentence_id)
FROM (
    SELECT
        sentence_id,
        min(sentence_id) OVER (PARTITION BY subject_id, reading_ordinal, trial_position) AS first_sentence_id
    FROM human.reading
    JOIN human.subject USING (subject_id)
    JOIN stimulus.corpus USING (corpus_id)
    WHERE corpus = %s AND trial_position IS NOT NULL
) AS shown
GROUP BY sentence_id
"""

_SUBJECTS = """
SELECT subject_label, subject_id
FROM human.subject
JOIN stimulus.corpus USING (corpus_id)
WHERE corpus = %s AND language_group = %s
ORDER BY subject_label
"""

_GROUPS = """
SELECT DISTINCT language_group FROM human.subject JOIN stimulus.corpus USING (corpus_id) WHERE corpus = %s
"""
