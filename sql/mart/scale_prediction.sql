-- What the line of resemblance on the logarithm of size says of each size, with the 95 % band of the mean and the 95 %
-- prediction interval of a new model.
--
-- Grain: one row per condition, method, measure, group of readers, choice of models, score, number of parameters and set of
-- sentences left out.
-- Key: corpus, condition, method, measure, language_group, model_choice, score_kind, parameter_count
-- Default: mart.scale_prediction_default. Here condition, method, measure, score_kind and model_choice differ from row
-- to row: choose one of each before you average.
-- Leaves out: runs that are not done, superseded units.
-- Caveats: where is_extrapolation is true nothing was measured; the line is not bounded by the ceiling.
-- Source: Gao et al. 2023 (EMNLP Findings), Figures 7 and 16.
-- Read by: people, BI tools, warehouse show scale-fit --layers.
CREATE VIEW mart.scale_prediction AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.model_choice = 'word-aligned'
    AND shown.score_kind = 'nested_resemblance' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        condition.condition,
        scale_prediction.method,
        corpus.corpus,
        measure.measure,
        scale_prediction.language_group,
        scale_prediction.leave_out,
        scale_prediction.model_choice,
        scale_prediction.score_kind,
        scale_prediction.parameter_count,
        scale_prediction.parameter_count / 1e9::double precision AS parameter_billions,
        scale_prediction.predicted,
        scale_prediction.band_low,
        scale_prediction.band_high,
        scale_prediction.prediction_low,
        scale_prediction.prediction_high,
        scale_prediction.is_extrapolation,
        -- the warnings of every extraction that may be in the fit
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY(
                SELECT extraction.extraction_id
                FROM model.extraction
                WHERE
                    extraction.corpus_id = scale_prediction.corpus_id
                    AND extraction.condition_id = scale_prediction.condition_id
                    AND extraction.method = scale_prediction.method
                    AND extraction.extraction_status = 'complete'
                    AND (scale_prediction.model_choice = 'all' OR extraction.alignment = 'word')
            ),
            CASE WHEN measure.region_id IS NULL THEN scale_prediction.corpus_id END,
            scale_prediction.leave_out
        ) AS warning) AS usage_warnings,
        scale_prediction.run_id
    FROM current.scale_prediction
    JOIN model.condition ON condition.condition_id = scale_prediction.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = scale_prediction.corpus_id
    JOIN human.measure ON measure.measure_id = scale_prediction.measure_id
    WHERE jsonb_array_length(scale_prediction.leave_out) < 1
) AS shown;
