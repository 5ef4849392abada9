-- The activation of a brain region at each reader's saccades from word to word, with the words.
--
-- Grain: one row per reader, region and word pair of every sentence that was delivered, full square; 0 where there was no
-- saccade, as in the source.
-- Key: subject_id, region, sentence_id, from_word, to_word
-- Leaves out: readers and sentences that are excluded for the region (mart.exclusion), or were not delivered.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.roi_cell AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    subject.language_group || '/' || subject.subject_label AS reader,
    region.region,
    measure.measure,
    sentence.sentence_label,
    word_pair.from_word,
    word_pair.to_word,
    from_side.word_text AS from_text,
    to_side.word_text AS to_text,
    word_pair.is_causal,
    COALESCE(roi_value.roi_value, 0) AS roi_value,
    roi_coverage.subject_id,
    roi_coverage.sentence_id
FROM human.roi_coverage
JOIN human.subject ON subject.subject_id = roi_coverage.subject_id
JOIN human.region ON region.region_id = roi_coverage.region_id
LEFT JOIN human.measure ON measure.region_id = region.region_id
JOIN stimulus.word_pair ON word_pair.sentence_id = roi_coverage.sentence_id
LEFT JOIN human.roi_value
    ON
        roi_value.subject_id = roi_coverage.subject_id
        AND roi_value.region_id = roi_coverage.region_id
        AND roi_value.sentence_id = word_pair.sentence_id
        AND roi_value.from_word = word_pair.from_word
        AND roi_value.to_word = word_pair.to_word
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = roi_coverage.sentence_id
LEFT JOIN stimulus.word AS from_side
    ON from_side.sentence_id = word_pair.sentence_id AND from_side.word_position = word_pair.from_word
LEFT JOIN stimulus.word AS to_side
    ON to_side.sentence_id = word_pair.sentence_id AND to_side.word_position = word_pair.to_word
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
    );
