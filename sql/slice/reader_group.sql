-- What can be asked of people alone: groups of readers by human measure, with the names to choose them by.
--
-- Grain: one row per corpus, measure and group of readers.
-- Leaves out: groups without a reader who counts for the measure (see slice.reader for who does).
-- Caveats: measures of later readings are here too; the plan takes the first reading unless it is told otherwise.
-- Read by: the plan of noise_ceiling.
CREATE VIEW slice.reader_group AS
SELECT
    corpus.corpus_id,
    corpus.corpus,
    measure.measure_id,
    measure.measure,
    measure.quantity,
    saccade_rule.saccade_rule,
    region.region,
    language_group.language_group,
    COALESCE(measure.of_reading::text, 'all') AS reading
FROM stimulus.corpus
CROSS JOIN human.measure
CROSS JOIN human.language_group
LEFT JOIN human.saccade_rule ON saccade_rule.saccade_rule_id = measure.saccade_rule_id
LEFT JOIN human.region ON region.region_id = measure.region_id
WHERE
    EXISTS (
        SELECT 1
        FROM human.subject
        WHERE
            subject.corpus_id = corpus.corpus_id
            AND subject.language_group = language_group.language_group
            AND (
                EXISTS (
                    SELECT 1
                    FROM human.roi_coverage
                    WHERE roi_coverage.subject_id = subject.subject_id AND roi_coverage.region_id = measure.region_id
                )
                OR measure.region_id IS NULL
                AND EXISTS (
                    SELECT 1
                    FROM human.reading
                    WHERE
                        reading.subject_id = subject.subject_id
                        AND reading.reading_ordinal = COALESCE(measure.of_reading, reading.reading_ordinal)
                )
            )
    );
