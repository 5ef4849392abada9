-- How well a group's mean predicts its readers: the most that a model could reach.
--
-- Grain: one row per corpus, measure, group of readers, kind of ceiling and set of sentences left out.
-- Key: corpus, measure, language_group, ceiling_kind
-- Default: mart.noise_ceiling_default. Here measure differs from row to row: choose one before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, excluded readers.
-- Caveats: joined to results it gives a row for each kind: mart.layer_curve and mart.model_summary carry the ceilings.
-- The kind group_mean contains the reader it predicts and is too high; it is kept because the paper divides by it.
-- Where readers read different sentences, cell_count and sentence_count are those that enough of them read.
-- Read by: people, BI tools, warehouse show noise-ceiling.
CREATE VIEW mart.noise_ceiling AS
SELECT
    shown.*,
    fn.is_default(measure => shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        measure.measure,
        noise_ceiling.language_group,
        noise_ceiling.ceiling_kind,
        noise_ceiling.leave_out,
        noise_ceiling.ceiling,
        noise_ceiling.standard_error,
        noise_ceiling.subject_count,
        noise_ceiling.cell_count,
        noise_ceiling.sentence_count,
        noise_ceiling.missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(NULL, noise_ceiling.corpus_id, measure.region_id, noise_ceiling.leave_out) AS warning
        ) AS usage_warnings,
        noise_ceiling.run_id
    FROM current.noise_ceiling
    JOIN stimulus.corpus ON corpus.corpus_id = noise_ceiling.corpus_id
    JOIN human.measure ON measure.measure_id = noise_ceiling.measure_id
    WHERE jsonb_array_length(noise_ceiling.leave_out) < 1
) AS shown;
