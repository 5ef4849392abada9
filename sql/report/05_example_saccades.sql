-- Where readers look back in one sentence
--
-- Paper: Figure 1.
-- Caption: Mean number of saccades over the readers of a group, from the word at the left to the word below; on the
-- diagonal refixations. Regressions lie below the diagonal: only those and the diagonal are compared with models. The
-- sentence is the first of eight to eleven words.
-- Grain: one row per group of readers, rule and pair of words; full square.
-- Leaves out: readers who are excluded for the rule.
-- Figure: matrix
-- Axes: x=to_word, y=from_word, value=saccades, label=word_text, panel=panel
-- Labels: x=to, y=from
-- Page: corpus, measure, sentence
-- Read by: warehouse report.
WITH
example AS (
    SELECT DISTINCT ON (article.corpus_id)
        article.corpus_id,
        sentence.sentence_id,
        sentence.sentence_label
    FROM stimulus.sentence
    JOIN stimulus.article ON article.article_id = sentence.article_id
    WHERE sentence.word_count BETWEEN 8 AND 11
    ORDER BY article.corpus_id, article.article_position, sentence.sentence_position
),

-- the readers who count and were shown the sentence
shown AS (
    SELECT
        reader.measure_id,
        reader.corpus_id,
        reader.language_group,
        reader.subject_id,
        example.sentence_id,
        example.sentence_label
    FROM slice.reader
    JOIN example ON example.corpus_id = reader.corpus_id
    JOIN human.reading ON reading.subject_id = reader.subject_id AND reading.sentence_id = example.sentence_id
)

SELECT
    corpus.corpus,
    measure.measure,
    shown.sentence_label AS sentence,
    shown.language_group,
    shown.language_group || ' readers' AS panel,
    word_pair.from_word,
    word_pair.to_word,
    word.word_text,
    (sum(COALESCE(saccade.saccade_count, 0))::double precision / count(*)) AS saccades,
    count(*) AS subject_count,
    (SELECT array_agg(DISTINCT run.run_id) FROM ops.run WHERE run.job = 'ingest ' || corpus.corpus) AS run_ids
FROM shown
JOIN human.measure ON measure.measure_id = shown.measure_id AND measure.quantity = 'saccade_count'
JOIN stimulus.corpus ON corpus.corpus_id = shown.corpus_id
JOIN stimulus.word_pair ON word_pair.sentence_id = shown.sentence_id
JOIN stimulus.word ON word.sentence_id = word_pair.sentence_id AND word.word_position = word_pair.from_word
LEFT JOIN human.saccade
    ON
        saccade.subject_id = shown.subject_id
        AND saccade.saccade_rule_id = measure.saccade_rule_id
        AND saccade.sentence_id = shown.sentence_id
        AND saccade.from_word = word_pair.from_word
        AND saccade.to_word = word_pair.to_word
GROUP BY
    corpus.corpus,
    measure.measure,
    shown.sentence_label,
    shown.language_group,
    word_pair.from_word,
    word_pair.to_word,
    word.word_text
ORDER BY
    corpus.corpus,
    measure.measure,
    shown.language_group,
    word_pair.from_word,
    word_pair.to_word;
