-- Brain activation at the saccades of the first sentence
--
-- Paper: Figure 14.
-- Caption: Mean activation of a region over the readers of a group at the saccade from the word at the left to the word
-- below, 0 where a reader made none, in the source's own unit. One scale of colours for both
-- groups; the sentence is that of the saccades above.
-- Grain: one row per group of readers, region and pair of words; full square.
-- Leaves out: readers who are excluded for the region, and those without values for the sentence.
-- Figure: matrix
-- Axes: x=to_word, y=from_word, value=activation, label=word_text, panel=panel
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
    WHERE article.article_position = 0 AND sentence.sentence_position = 0
    ORDER BY article.corpus_id, article.article_position, sentence.sentence_position
),

-- the readers who count and have values for the sentence
covered AS (
    SELECT
        measure.measure,
        measure.region_id,
        reader.corpus_id,
        reader.language_group,
        reader.subject_id,
        example.sentence_id,
        example.sentence_label
    FROM slice.reader
    JOIN human.measure ON measure.measure_id = reader.measure_id
    JOIN example ON example.corpus_id = reader.corpus_id
    JOIN human.roi_coverage
        ON
            roi_coverage.subject_id = reader.subject_id
            AND roi_coverage.region_id = measure.region_id
            AND roi_coverage.sentence_id = example.sentence_id
)

SELECT
    corpus.corpus,
    covered.measure,
    covered.sentence_label AS sentence,
    covered.language_group,
    covered.language_group || ' readers' AS panel,
    word_pair.from_word,
    word_pair.to_word,
    word.word_text,
    sum(COALESCE(roi_value.roi_value, 0)) / count(*) AS activation,
    count(*) AS subject_count
FROM covered
JOIN stimulus.corpus ON corpus.corpus_id = covered.corpus_id
JOIN stimulus.word_pair ON word_pair.sentence_id = covered.sentence_id
JOIN stimulus.word ON word.sentence_id = word_pair.sentence_id AND word.word_position = word_pair.from_word
LEFT JOIN human.roi_value
    ON
        roi_value.subject_id = covered.subject_id
        AND roi_value.region_id = covered.region_id
        AND roi_value.sentence_id = covered.sentence_id
        AND roi_value.from_word = word_pair.from_word
        AND roi_value.to_word = word_pair.to_word
GROUP BY
    corpus.corpus,
    covered.measure,
    covered.sentence_label,
    covered.language_group,
    word_pair.from_word,
    word_pair.to_word,
    word.word_text
ORDER BY
    corpus.corpus,
    covered.measure,
    covered.language_group,
    word_pair.from_word,
    word_pair.to_word;
