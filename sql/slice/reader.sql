-- The readers that count for each human measure.
--
-- Grain: one row per measure and reader.
-- Leaves out: readers excluded altogether, or for the measure's rule or region; readers without any data for it.
-- Read by: human_resemblance, noise_ceiling.
CREATE VIEW slice.reader AS
SELECT
    measure.measure_id,
    subject.corpus_id,
    subject.language_group,
    subject.subject_id,
    subject.subject_label
FROM human.subject
CROSS JOIN human.measure
WHERE
    NOT EXISTS (
        SELECT 1
        FROM human.exclusion
        WHERE
            exclusion.subject_id = subject.subject_id
            AND exclusion.sentence_id IS NULL
            AND (exclusion.saccade_rule_id IS NULL OR exclusion.saccade_rule_id = measure.saccade_rule_id)
            AND (exclusion.region_id IS NULL OR exclusion.region_id = measure.region_id)
    )
    AND CASE
        WHEN measure.region_id IS NULL
            THEN EXISTS (
                SELECT 1
                FROM human.reading
                WHERE
                    reading.subject_id = subject.subject_id
                    AND reading.reading_ordinal = COALESCE(measure.of_reading, reading.reading_ordinal)
            )
        ELSE EXISTS (
            SELECT 1
            FROM human.roi_coverage
            WHERE roi_coverage.subject_id = subject.subject_id AND roi_coverage.region_id = measure.region_id
        )
    END;
