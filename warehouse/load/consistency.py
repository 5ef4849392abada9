"""Does what was loaded fit together? Asked of the database in the transaction that loads it, whatever the source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.errors import BadInput


def require_whole_texts(connection: Connection, sentences: Iterable[int]) -> None:
    """Refuse sentences whose words leave a place out, or whose word pairs are not all there in their order.

    Raises
    ------
    BadInput
        Naming the first.
    """
    row = connection.execute(_BROKEN_TEXT, [list(sentences)]).fetchone()
    if row:
        what = f"it has {row[1]} words, of which {row[2]} are there, and {row[3]} of its {row[1] ** 2} word pairs fit"
        raise BadInput(what, f"sentence {row[0]}", "repair what it was read from")


def require_possible_fixations(connection: Connection, subjects: Iterable[int]) -> None:
    """Refuse fixations that no eye makes: on words that are not there, two at one time, or longer than the trial.

    Raises
    ------
    BadInput
        Naming the first.
    """
    row = connection.execute(_IMPOSSIBLE_FIXATION, [list(subjects)]).fetchone()
    if row:
        subject, sentence, ordinal, why = row
        place = f"reader {subject}, sentence {sentence}, fixation {ordinal}"
        raise BadInput(why, place, "repair what it was read from")


Broken = tuple[int, str, int | None, int | None]
"""A layer and a sentence that are not whole, with the word pairs found and wanted."""


@dataclass(frozen=True)
class Cells:
    """What is in an extraction's partition, found in one pass.

    Attributes
    ----------
    row_count, fewest, most : int
        Word pairs of all layers, and the fewest and the most weights that one has.
    layers : list of int
        Ascending.
    broken : Broken or None
        The first.
    """

    row_count: int
    fewest: int | None
    most: int | None
    layers: list[int]
    broken: Broken | None

    def require_all(self, name: str) -> None:
        """Require that every layer has every cell of its sentences.

        Raises
        ------
        BadInput
            Naming the first layer and sentence that are not whole.
        """
        if self.broken:
            layer, sentence, found, wanted = self.broken
            what = (
                f"layer {layer} has {found or 0} word pairs of sentence {sentence}, which has {wanted or 0} to be "
                "looked at"
            )
            raise BadInput(what, name, "extract it again, or copy it again")


def cells_of(connection: Connection, partition: str, corpus_id: int, *, is_causal: bool, is_partial: bool) -> Cells:
    """Count the cells of an extraction's partition beside those of the corpus.

    Parameters
    ----------
    connection : psycopg.Connection
        Of the loader.
    partition : str
        Where the cells are.
    corpus_id : int
        Whose sentences they are of.
    is_causal : bool
        Whether words look back only.
    is_partial : bool
        Whether sentences may be missing, whole.
    """
    facts = {"corpus": corpus_id, "is_causal": is_causal, "is_partial": is_partial}
    return counted(connection, sql.SQL(_CELLS).format(sql.Identifier("model", partition)), facts)


def counted(connection: Connection, found: sql.Composable, facts: Mapping[str, Any]) -> Cells:
    """Count what is found beside the corpus.

    Parameters
    ----------
    connection : psycopg.Connection
        Of the loader.
    found : psycopg.sql.Composable
        A question for the rows of `Cells` by layer and sentence.
    facts : mapping
        Its parameters, with ``corpus``, ``is_causal`` and ``is_partial``.
    """
    row = connection.execute(sql.SQL(_WHOLE).format(found=found), facts).fetchone()
    row_count, fewest, most, layers, *broken = row or (0, None, None, [], None)
    return Cells(row_count, fewest, most, layers, tuple(broken) if broken[0] is not None else None)


_BROKEN_TEXT = """
SELECT sentence_label, word_count, word.found, pair.found
FROM stimulus.sentence
CROSS JOIN LATERAL (
    SELECT count(*) AS found, COALESCE(max(word_position), -1) AS last
    FROM stimulus.word WHERE word.sentence_id = sentence.sentence_id
) AS word
CROSS JOIN LATERAL (
    SELECT count(*) AS found
    FROM stimulus.word_pair
    WHERE
        word_pair.sentence_id = sentence.sentence_id AND is_causal = (to_word <= from_word)
        AND from_word < word_count AND to_word < word_count
        AND pair_ordinal = CASE
            WHEN to_word <= from_word THEN from_word::integer * (from_word + 1) / 2 + to_word
            ELSE
                word_count::integer * (word_count + 1) / 2 + from_word::integer * (2 * word_count - from_word - 1) / 2
                + to_word - from_word - 1
        END
) AS pair
WHERE
    sentence_id = ANY (%s)
    AND (word.found <> word_count OR word.last <> word_count - 1 OR pair.found <> word_count::bigint * word_count)
ORDER BY sentence_id
LIMIT 1
"""
_IMPOSSIBLE_FIXATION = """
SELECT subject_label, sentence_label, fixation_ordinal, why
FROM (
    SELECT
        subject_id, sentence_id, fixation_ordinal,
        CASE
            WHEN word_position >= word_count THEN 'it is on a word that the sentence does not have'
            WHEN start_ms <= lag(start_ms) OVER chain THEN 'it does not begin after the fixation before it'
            WHEN start_ms < lag(start_ms + duration_ms) OVER chain
                THEN 'it begins before the fixation before it has ended'
            WHEN duration_ms > reading_time_ms THEN 'it is longer than the sentence was shown'
        END AS why
    FROM human.fixation
    JOIN stimulus.sentence USING (sentence_id)
    LEFT JOIN human.reading USING (subject_id, sentence_id, reading_ordinal)
    WHERE subject_id = ANY (%s)
    -- over the trial, which is the sentence itself where each was shown alone
    WINDOW chain AS (
        PARTITION BY
            subject_id, reading_ordinal, trial_position, CASE WHEN trial_position IS NULL THEN sentence_id END
        ORDER BY fixation_ordinal
    )
) AS fixation
JOIN human.subject USING (subject_id)
JOIN stimulus.sentence USING (sentence_id)
WHERE why IS NOT NULL
ORDER BY subject_id, sentence_id, fixation_ordinal
LIMIT 1
"""
# Cells are distinct by the partition's key, so that as many within bounds as there are are all of them.
_CELLS = """
    SELECT
        layer, sentence_id, count(*) AS cell_count, min(width) AS fewest, max(width) AS most,
        min(LEAST(from_word, to_word)) AS first, max(GREATEST(from_word, to_word)) AS last,
        bool_or(to_word > from_word) AS looks_ahead, count(*) AS row_count
    FROM {}
    CROSS JOIN LATERAL (SELECT COALESCE(cardinality(weights), octet_length(half_weights) / 2) AS width) AS heads
    GROUP BY layer, sentence_id
"""
_WHOLE = """
WITH found AS ({found}),

wanted AS (
    SELECT
        sentence_id, sentence_label, word_count,
        CASE WHEN %(is_causal)s THEN word_count::bigint * (word_count + 1) / 2 ELSE word_count::bigint * word_count END
            AS cell_count
    FROM stimulus.sentence
    JOIN stimulus.article USING (article_id)
    WHERE corpus_id = %(corpus)s AND (NOT %(is_partial)s OR sentence_id IN (SELECT sentence_id FROM found))
),

broken AS (
    SELECT layer, COALESCE(sentence_label, sentence_id::text) AS sentence, found.cell_count, wanted.cell_count AS wanted
    FROM (SELECT DISTINCT layer FROM found) AS layers
    CROSS JOIN wanted
    FULL JOIN found USING (layer, sentence_id)
    WHERE
        found.cell_count IS DISTINCT FROM wanted.cell_count OR first < 0 OR last >= word_count
        OR (%(is_causal)s AND looks_ahead)
    ORDER BY layer, sentence_id
    LIMIT 1
)

SELECT whole.*, broken.*
FROM (
    SELECT
        COALESCE(sum(row_count), 0)::bigint, min(fewest), max(most),
        COALESCE(array_agg(DISTINCT layer ORDER BY layer), '{{}}')
    FROM found
) AS whole
LEFT JOIN broken ON true
"""
