-- How active a brain region of a group is at looks from word to word: means over its readers.
--
-- Grain: one row per group of readers, region and word pair of every sentence that was delivered, full square; 0 where no
-- reader has a value.
-- Key: measure, language_group, sentence_id, from_word, to_word
-- Leaves out: readers and sentences that are excluded for the region (mart.exclusion), or were not delivered.
-- Caveats: choose one region (or measure, which names it). is_causal chooses the cells that analyses use.
-- Source: Gao et al. 2023 (EMNLP Findings): a reader without a value counts as 0.
-- Read by: people, BI tools.
CREATE VIEW mart.group_mean_region AS
SELECT
    shown.corpus,
    shown.measure,
    shown.region,
    shown.language_group,
    shown.sentence_label,
    word_pair.from_word,
    word_pair.to_word,
    from_side.word_text AS from_text,
    to_side.word_text AS to_text,
    word_pair.is_causal,
    COALESCE(active.roi_value, 0) / shown.subject_count AS mean_roi_value,
    COALESCE(active.subject_count, 0)::double precision / shown.subject_count AS reader_share,
    shown.subject_count,
    shown.sentence_id
FROM (
    -- the readers to divide by; with the names in hand, so that a sentence asked for by name is asked for here
    SELECT
        corpus.corpus,
        measure.measure_id,
        measure.measure,
        region.region,
        subject.language_group,
        sentence.sentence_id,
        sentence.sentence_label,
        count(*)::integer AS subject_count
    FROM human.roi_coverage
    JOIN human.measure ON measure.region_id = roi_coverage.region_id
    JOIN human.region ON region.region_id = roi_coverage.region_id
    JOIN human.subject ON subject.subject_id = roi_coverage.subject_id
    JOIN stimulus.sentence ON sentence.sentence_id = roi_coverage.sentence_id
    JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
    WHERE
        (roi_coverage.subject_id, roi_coverage.region_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.region_id
            FROM current.region_exclusion AS excluded
            WHERE excluded.sentence_id IS NULL
        )
        AND (roi_coverage.subject_id, roi_coverage.region_id, roi_coverage.sentence_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.region_id,
                excluded.sentence_id
            FROM current.region_exclusion AS excluded
            WHERE excluded.sentence_id IS NOT NULL
        )
    GROUP BY sentence.sentence_id, measure.measure_id, region.region_id, subject.language_group, corpus.corpus_id
) AS shown
JOIN stimulus.word_pair ON word_pair.sentence_id = shown.sentence_id
LEFT JOIN (
    SELECT
        measure.measure_id,
        measure.measure,
        subject.language_group,
        sentence.sentence_id,
        sentence.sentence_label,
        roi_value.from_word,
        roi_value.to_word,
        sum(roi_value.roi_value ORDER BY roi_value.subject_id) AS roi_value,
        count(*) AS subject_count
    FROM human.roi_value
    JOIN human.measure ON measure.region_id = roi_value.region_id
    JOIN human.subject ON subject.subject_id = roi_value.subject_id
    JOIN stimulus.sentence ON sentence.sentence_id = roi_value.sentence_id
    WHERE
        (roi_value.subject_id, roi_value.region_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.region_id
            FROM current.region_exclusion AS excluded
            WHERE excluded.sentence_id IS NULL
        )
        AND (roi_value.subject_id, roi_value.region_id, roi_value.sentence_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.region_id,
                excluded.sentence_id
            FROM current.region_exclusion AS excluded
            WHERE excluded.sentence_id IS NOT NULL
        )
    GROUP BY sentence.sentence_id, measure.measure_id, subject.language_group, roi_value.from_word, roi_value.to_word
) AS active
    ON
        active.sentence_id = word_pair.sentence_id
        AND active.from_word = word_pair.from_word
        AND active.to_word = word_pair.to_word
        AND active.measure_id = shown.measure_id
        AND active.language_group = shown.language_group
        -- said of the names too: what is asked of one side is then asked of the other
        AND active.measure = shown.measure
        AND active.sentence_label = shown.sentence_label
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.word AS from_side
    ON from_side.sentence_id = word_pair.sentence_id AND from_side.word_position = word_pair.from_word
LEFT JOIN stimulus.word AS to_side
    ON to_side.sentence_id = word_pair.sentence_id AND to_side.word_position = word_pair.to_word;
