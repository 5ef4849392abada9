-- How each reader went through each sentence: looks back, again at the same word, and forward.
--
-- Grain: one row per reader, saccade rule, sentence shown to the reader and reading; 0 where there was no saccade.
-- Key: subject_id, saccade_rule, sentence_id, reading_ordinal
-- Default: mart.reader_sentence_default. Here saccade_rule and reading_ordinal differ from row to row: choose one of
-- each before you average.
-- Leaves out: readers and sentences that are excluded for the rule (mart.exclusion); sentences that were not shown.
-- Caveats: choose one saccade_rule, or one measure, which is what results call the rule's transition counts; reading times,
-- which are the same by each rule, are in mart.reading once. A reading that timed out has no reading_time_ms, and says why
-- in missing_because. Saccades are counted for the rows that are asked for: of one reader or one sentence at once.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.reader_sentence AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        subject.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        subject.language_group || '/' || subject.subject_label AS reader,
        saccade_rule.saccade_rule,
        measure.measure,
        article.article_position,
        sentence.sentence_label,
        sentence.word_count,
        reading.reading_ordinal,
        reading.presentation_order,
        reading.trial_position,
        reading.trial_label,
        reading.reading_time_ms,
        reading.display_time_ms,
        reading.missing_because,
        counted.regression_count::integer AS regression_count,
        counted.refixation_count::integer AS refixation_count,
        counted.forward_count::integer AS forward_count,
        CASE WHEN reading.reading_time_ms IS NULL THEN '{reading_time_missing}' ELSE '{}' END::text[] AS usage_warnings,
        saccade_rule.saccade_rule = 'consecutive' AND reading.reading_ordinal = 1 AS is_default,
        reading.subject_id,
        reading.sentence_id
    FROM human.reading
    JOIN human.subject ON subject.subject_id = reading.subject_id
    CROSS JOIN human.saccade_rule
    JOIN stimulus.sentence ON sentence.sentence_id = reading.sentence_id
    JOIN stimulus.article ON article.article_id = sentence.article_id
    JOIN stimulus.corpus ON corpus.corpus_id = article.corpus_id
    -- reading by reading: who asks for one reader or one sentence, by whatever name, waits for these alone
    CROSS JOIN
        LATERAL (
            SELECT
                COALESCE(sum(saccade.saccade_count) FILTER (WHERE saccade.to_word < saccade.from_word), 0) AS regression_count,
                COALESCE(sum(saccade.saccade_count) FILTER (WHERE saccade.to_word = saccade.from_word), 0) AS refixation_count,
                COALESCE(sum(saccade.saccade_count) FILTER (WHERE saccade.to_word > saccade.from_word), 0) AS forward_count
            FROM human.saccade
            WHERE
                saccade.subject_id = reading.subject_id
                AND saccade.saccade_rule_id = saccade_rule.saccade_rule_id
                AND saccade.sentence_id = reading.sentence_id
                AND saccade.reading_ordinal = reading.reading_ordinal
        ) AS counted
    LEFT JOIN human.measure
        ON
            measure.quantity = 'saccade_count'
            AND measure.saccade_rule_id = saccade_rule.saccade_rule_id
            AND measure.of_reading = reading.reading_ordinal
    WHERE
        (reading.subject_id, saccade_rule.saccade_rule_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.saccade_rule_id
            FROM current.rule_exclusion AS excluded
            WHERE excluded.sentence_id IS NULL
        )
        AND (reading.subject_id, saccade_rule.saccade_rule_id, reading.sentence_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.saccade_rule_id,
                excluded.sentence_id
            FROM current.rule_exclusion AS excluded
            WHERE excluded.sentence_id IS NOT NULL
        )
) AS shown;
