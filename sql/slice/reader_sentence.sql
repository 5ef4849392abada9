-- The sentences for which each reader has data, by human measure; their cells without a value are 0.
--
-- Grain: one row per measure, reader and sentence, however often it was read.
-- Leaves out: sentences not shown or not delivered, and sentences excluded for the reader.
-- Read by: human_resemblance, noise_ceiling.
CREATE VIEW slice.reader_sentence AS
WITH covered AS (
    SELECT
        measure.measure_id,
        measure.saccade_rule_id,
        measure.region_id,
        reading.subject_id,
        reading.sentence_id
    FROM human.measure
    CROSS JOIN human.reading
    WHERE
        measure.region_id IS NULL
        AND (
            reading.reading_ordinal = measure.of_reading
            -- of all readings: once for a sentence, by the first that there is
            OR measure.of_reading IS NULL AND NOT EXISTS (
                SELECT 1
                FROM human.reading AS earlier
                WHERE
                    earlier.subject_id = reading.subject_id
                    AND earlier.sentence_id = reading.sentence_id
                    AND earlier.reading_ordinal < reading.reading_ordinal
            )
        )
    UNION ALL
    SELECT
        measure.measure_id,
        measure.saccade_rule_id,
        measure.region_id,
        roi_coverage.subject_id,
        roi_coverage.sentence_id
    FROM human.measure
    JOIN human.roi_coverage ON roi_coverage.region_id = measure.region_id
)

SELECT
    covered.measure_id,
    covered.subject_id,
    covered.sentence_id
FROM covered
WHERE
    NOT EXISTS (
        SELECT 1
        FROM human.exclusion
        WHERE
            exclusion.subject_id = covered.subject_id
            AND exclusion.sentence_id = covered.sentence_id
            AND (exclusion.saccade_rule_id IS NULL OR exclusion.saccade_rule_id = covered.saccade_rule_id)
            AND (exclusion.region_id IS NULL OR exclusion.region_id = covered.region_id)
    );
