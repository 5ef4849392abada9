-- Where a group looks from each word: means over its readers, the matrices of the paper's Figures 1 and 14.
--
-- Grain: one row per group of readers, measure (of transition counts) and word pair of every sentence shown to the group, full
-- square; 0 where nobody made the saccade.
-- Key: measure, language_group, sentence_id, from_word, to_word
-- Default: mart.group_mean_saccade_default. Here saccade_rule differs from row to row: choose one before you average.
-- Leaves out: readers and sentences that are excluded for the rule (mart.exclusion); sentences that were not shown.
-- Caveats: choose one measure, which has its own saccade_rule and reading. is_causal chooses looking back and staying, the
-- cells that analyses use. Where readers read different sentences, means of different sentences are over different readers.
-- Source: Gao et al. 2023 (EMNLP Findings): a reader without the saccade counts as 0, in durations too.
-- Read by: people, BI tools.
CREATE VIEW mart.group_mean_saccade AS
SELECT
    shown.corpus,
    shown.measure,
    shown.saccade_rule,
    shown.language_group,
    shown.sentence_label,
    word_pair.from_word,
    word_pair.to_word,
    from_side.word_text AS from_text,
    to_side.word_text AS to_text,
    word_pair.is_causal,
    COALESCE(made.saccade_count, 0)::double precision / shown.subject_count AS mean_saccade_count,
    COALESCE(made.landing_duration_ms, 0)::double precision / shown.subject_count AS mean_landing_duration_ms,
    COALESCE(made.subject_count, 0)::double precision / shown.subject_count AS reader_share,
    shown.subject_count,
    fn.is_default(measure => shown.measure) AS is_default,
    shown.sentence_id
FROM (
    -- the readers to divide by; with the names in hand, so that a sentence asked for by name is asked for here
    SELECT
        corpus.corpus,
        measure.measure_id,
        measure.measure,
        saccade_rule.saccade_rule,
        subject.language_group,
        sentence.sentence_id,
        sentence.sentence_label,
        count(DISTINCT reading.subject_id)::integer AS subject_count
    FROM human.reading
    JOIN human.measure
        ON
            measure.quantity = 'saccade_count'
            -- the same reading, or any: not as an equality, of which the planner would expect one row in 200
            AND COALESCE(abs(measure.of_reading - reading.reading_ordinal), 0) < 1
    JOIN human.saccade_rule ON saccade_rule.saccade_rule_id = measure.saccade_rule_id
    JOIN human.subject ON subject.subject_id = reading.subject_id
    JOIN stimulus.sentence ON sentence.sentence_id = reading.sentence_id
    JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
    WHERE
        (reading.subject_id, measure.saccade_rule_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.saccade_rule_id
            FROM current.rule_exclusion AS excluded
            WHERE excluded.sentence_id IS NULL
        )
        AND (reading.subject_id, measure.saccade_rule_id, reading.sentence_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.saccade_rule_id,
                excluded.sentence_id
            FROM current.rule_exclusion AS excluded
            WHERE excluded.sentence_id IS NOT NULL
        )
    GROUP BY
        sentence.sentence_id,
        measure.measure_id,
        saccade_rule.saccade_rule_id,
        subject.language_group,
        corpus.corpus_id
) AS shown
JOIN stimulus.word_pair ON word_pair.sentence_id = shown.sentence_id
LEFT JOIN (
    SELECT
        measure.measure_id,
        measure.measure,
        subject.language_group,
        sentence.sentence_id,
        sentence.sentence_label,
        saccade.from_word,
        saccade.to_word,
        sum(saccade.saccade_count) AS saccade_count,
        sum(saccade.landing_duration_ms) AS landing_duration_ms,
        -- readers, counted at the first reading that has the saccade: to tell them apart, all saccades would be sorted
        count(*) FILTER (
            WHERE
            measure.of_reading IS NOT NULL
            OR NOT EXISTS (
                SELECT
                FROM human.saccade AS earlier
                WHERE
                    earlier.subject_id = saccade.subject_id
                    AND earlier.saccade_rule_id = saccade.saccade_rule_id
                    AND earlier.sentence_id = saccade.sentence_id
                    AND earlier.from_word = saccade.from_word
                    AND earlier.to_word = saccade.to_word
                    AND earlier.reading_ordinal < saccade.reading_ordinal
            )
        ) AS subject_count
    FROM human.saccade
    JOIN human.measure
        ON
            measure.quantity = 'saccade_count'
            AND measure.saccade_rule_id = saccade.saccade_rule_id
            AND COALESCE(abs(measure.of_reading - saccade.reading_ordinal), 0) < 1
    JOIN human.subject ON subject.subject_id = saccade.subject_id
    JOIN stimulus.sentence ON sentence.sentence_id = saccade.sentence_id
    WHERE
        (saccade.subject_id, measure.saccade_rule_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.saccade_rule_id
            FROM current.rule_exclusion AS excluded
            WHERE excluded.sentence_id IS NULL
        )
        AND (saccade.subject_id, measure.saccade_rule_id, saccade.sentence_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.saccade_rule_id,
                excluded.sentence_id
            FROM current.rule_exclusion AS excluded
            WHERE excluded.sentence_id IS NOT NULL
        )
    GROUP BY sentence.sentence_id, measure.measure_id, subject.language_group, saccade.from_word, saccade.to_word
) AS made
    ON
        made.sentence_id = word_pair.sentence_id
        AND made.from_word = word_pair.from_word
        AND made.to_word = word_pair.to_word
        AND made.measure_id = shown.measure_id
        AND made.language_group = shown.language_group
        -- said of the names too: what is asked of one side is then asked of the other
        AND made.measure = shown.measure
        AND made.sentence_label = shown.sentence_label
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.word AS from_side
    ON from_side.sentence_id = word_pair.sentence_id AND from_side.word_position = word_pair.from_word
LEFT JOIN stimulus.word AS to_side
    ON to_side.sentence_id = word_pair.sentence_id AND to_side.word_position = word_pair.to_word;
