-- Where single readers look back in the first sentence
--
-- Paper: Figure 1.
-- Caption: Number of regressions of one reader, from the word at the left to an earlier word below, for the first two
-- readers of each group who made any in the sentence. One scale of colours for all of them.
-- Grain: one row per reader, rule and pair of words, the second before the first.
-- Leaves out: readers who are excluded for the rule; refixations and looks ahead.
-- Figure: matrix
-- Axes: x=to_word, y=from_word, value=regressions, label=word_text, panel=panel
-- Labels: x=to, y=from
-- Page: corpus, measure, sentence
-- Read by: warehouse report.
SELECT
    corpus.corpus,
    measure.measure,
    chosen.sentence_label AS sentence,
    chosen.language_group,
    concat(chosen.language_group, '/', chosen.subject_label) AS panel,
    word_pair.from_word,
    word_pair.to_word,
    word.word_text,
    CASE WHEN word_pair.to_word < word_pair.from_word THEN COALESCE(saccade.saccade_count, 0) END AS regressions,
    loaded.run_ids
FROM (
    -- the first two readers of each group who look back in the first sentence of the corpus
    SELECT
        reader.measure_id,
        reader.corpus_id,
        reader.language_group,
        reader.subject_id,
        reader.subject_label,
        sentence.sentence_id,
        sentence.sentence_label,
        measure.saccade_rule_id,
        row_number() OVER (
            PARTITION BY reader.measure_id, reader.corpus_id, reader.language_group ORDER BY reader.subject_label
        ) AS place
    FROM slice.reader
    JOIN human.measure ON measure.measure_id = reader.measure_id AND measure.quantity = 'saccade_count' AND measure.of_reading = 1
    JOIN stimulus.article ON article.corpus_id = reader.corpus_id AND article.article_position = 0
    JOIN stimulus.sentence ON sentence.article_id = article.article_id AND sentence.sentence_position = 0
    WHERE
        EXISTS (
            SELECT 1
            FROM human.saccade
            WHERE
                saccade.subject_id = reader.subject_id
                AND saccade.saccade_rule_id = measure.saccade_rule_id
                AND saccade.reading_ordinal = measure.of_reading
                AND saccade.sentence_id = sentence.sentence_id
                AND saccade.to_word < saccade.from_word
        )
) AS chosen
JOIN human.measure ON measure.measure_id = chosen.measure_id
LEFT JOIN (
    -- the runs that loaded each reader
    SELECT
        whose.of_whom,
        array_agg(DISTINCT unit.run_id) AS run_ids
    FROM ops.unit
    JOIN ops.run ON run.run_id = unit.run_id AND run.job LIKE 'ingest %'
    CROSS JOIN LATERAL unnest(unit.about) AS whose (of_whom)
    WHERE unit.unit_state = 'done' AND whose.of_whom LIKE 'subject %'
    GROUP BY whose.of_whom
) AS loaded ON loaded.of_whom = concat('subject ', chosen.subject_id)
JOIN stimulus.corpus ON corpus.corpus_id = chosen.corpus_id
JOIN stimulus.word_pair ON word_pair.sentence_id = chosen.sentence_id AND word_pair.to_word <= word_pair.from_word
JOIN stimulus.word ON word.sentence_id = word_pair.sentence_id AND word.word_position = word_pair.from_word
LEFT JOIN human.saccade
    ON
        saccade.subject_id = chosen.subject_id
        AND saccade.saccade_rule_id = chosen.saccade_rule_id
        AND saccade.sentence_id = chosen.sentence_id
        AND saccade.reading_ordinal = measure.of_reading
        AND saccade.from_word = word_pair.from_word
        AND saccade.to_word = word_pair.to_word
WHERE chosen.place <= 2
ORDER BY
    corpus.corpus,
    measure.measure,
    chosen.language_group,
    chosen.subject_label,
    word_pair.from_word,
    word_pair.to_word;
