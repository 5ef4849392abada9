"""Does what was loaded fit together? Asked of the database in the transaction that loads it, whatever the source."""

from collections.abc import Iterable

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


def require_all_cells(
    connection: Connection, partition: str, corpus_id: int, name: str, *, is_causal: bool, is_partial: bool
) -> None:
    """Refuse attention that lacks cells: every layer has all word pairs of the same sentences, and of all sentences.

    Parameters
    ----------
    connection : psycopg.Connection
        Any.
    partition : str
        Where the attention is, of distinct cells.
    corpus_id : int
        The corpus it was taken over.
    name : str
        The extraction's, for messages.
    is_causal : bool
        A word sees only itself and what precedes it.
    is_partial : bool
        Sentences may be left out.

    Raises
    ------
    BadInput
        Naming the first layer and sentence that are not whole.
    """
    question = sql.SQL(_BROKEN_ATTENTION).format(sql.Identifier("model", partition))
    facts = {"corpus": corpus_id, "is_causal": is_causal, "is_partial": is_partial}
    row = connection.execute(question, facts).fetchone()
    if row:
        layer, sentence, found, wanted = row
        what = (
            f"layer {layer} has {found or 0} word pairs of sentence {sentence}, which has {wanted or 0} to be looked at"
        )
        raise BadInput(what, name, "extract it again, or copy it again")


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
_BROKEN_ATTENTION = """
WITH found AS (
    SELECT
        layer, sentence_id, count(*) AS cell_count, min(LEAST(from_word, to_word)) AS first,
        max(GREATEST(from_word, to_word)) AS last, bool_or(to_word > from_word) AS looks_ahead
    FROM {}
    GROUP BY layer, sentence_id
),

wanted AS (
    SELECT
        sentence_id, sentence_label, word_count,
        CASE WHEN %(is_causal)s THEN word_count::bigint * (word_count + 1) / 2 ELSE word_count::bigint * word_count END
            AS cell_count
    FROM stimulus.sentence
    JOIN stimulus.article USING (article_id)
    WHERE corpus_id = %(corpus)s AND (NOT %(is_partial)s OR sentence_id IN (SELECT sentence_id FROM found))
)

SELECT layer, COALESCE(sentence_label, sentence_id::text), found.cell_count, wanted.cell_count
FROM (SELECT DISTINCT layer FROM found) AS layers
CROSS JOIN wanted
FULL JOIN found USING (layer, sentence_id)
WHERE
    found.cell_count IS DISTINCT FROM wanted.cell_count OR first < 0 OR last >= word_count
    OR (%(is_causal)s AND looks_ahead)
ORDER BY layer, sentence_id
LIMIT 1
"""
