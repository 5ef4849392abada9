-- The human values in the order of regressions: lower triangles with diagonal, looking back or at the same word.
--
-- Grain: one row per measure, reader and word pair with a value other than 0; by a measure of all readings one for each
-- reading, to be added up.
-- Leaves out: forward saccades; zeros, which stand wherever slice.reader_sentence has the sentence.
-- Read by: human_resemblance, noise_ceiling.
CREATE VIEW slice.reader_cell AS
SELECT
    measure.measure_id,
    saccade.subject_id,
    saccade.sentence_id,
    saccade.from_word,
    saccade.to_word,
    CASE measure.quantity
        WHEN 'saccade_count' THEN saccade.saccade_count
        ELSE saccade.landing_duration_ms
    END::double precision AS cell_value
FROM human.saccade
JOIN human.measure
    ON
        measure.saccade_rule_id = saccade.saccade_rule_id
        -- of all readings; with COALESCE the planner takes thousands of rows for a handful
        AND (measure.of_reading = saccade.reading_ordinal OR measure.of_reading IS NULL)
WHERE saccade.to_word <= saccade.from_word
UNION ALL
SELECT
    measure.measure_id,
    roi_value.subject_id,
    roi_value.sentence_id,
    roi_value.from_word,
    roi_value.to_word,
    roi_value.roi_value AS cell_value
FROM human.roi_value
JOIN human.measure ON measure.region_id = roi_value.region_id
WHERE roi_value.to_word <= roi_value.from_word;
