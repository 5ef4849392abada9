-- Human resemblance by layer, with names: the curves of the paper's Figures 6 and 15.
--
-- Grain: one row per model, condition, method, layer, measure and group of readers.
-- Leaves out: results without some sentences; of brain regions, ratios where ratio_missing_because says why; runs that are
-- not done, superseded units, extractions that are not complete, excluded readers.
-- Caveats: r2 and resemblance are in-sample and grow with the number of heads; cv_r2 and cv_resemblance do not.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3.
-- Read by: people, BI tools, warehouse show human-resemblance --layers.
CREATE VIEW mart.layer_curve AS
SELECT
    layer_curve.model,
    layer_curve.stage,
    layer_curve.parameter_count,
    layer_curve.condition,
    layer_curve.method,
    layer_curve.corpus,
    layer_curve.measure,
    layer_curve.language_group,
    layer_curve.leave_out,
    layer_curve.layer,
    layer_curve.r2,
    layer_curve.adjusted_r2,
    layer_curve.cv_r2,
    layer_curve.standard_error,
    layer_curve.ceiling,
    layer_curve.leave_one_out_ceiling,
    CASE WHEN layer_curve.ratio_missing_because IS NULL THEN layer_curve.resemblance END AS resemblance,
    CASE WHEN layer_curve.ratio_missing_because IS NULL THEN layer_curve.adjusted_resemblance END AS adjusted_resemblance,
    CASE WHEN layer_curve.ratio_missing_because IS NULL THEN layer_curve.cv_resemblance END AS cv_resemblance,
    layer_curve.subject_count,
    layer_curve.cell_count,
    layer_curve.predictor_count,
    layer_curve.rank,
    layer_curve.ratio_missing_because,
    ARRAY(
        SELECT warning
        FROM fn.usage_warnings(layer_curve.extraction_id, layer_curve.corpus_id, layer_curve.region_id, layer_curve.leave_out) AS warning
    )
    || CASE WHEN layer_curve.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
    layer_curve.run_id,
    layer_curve.extraction_id
FROM (
    SELECT
        curve.*,
        fn.ratio_missing_because(
            curve.region_id,
            curve.cv_r2,
            LEAST(curve.ceiling, curve.leave_one_out_ceiling),
            curve.predictor_count,
            curve.cell_count
        ) AS ratio_missing_because
    FROM slice.layer_curve AS curve
    WHERE jsonb_array_length(curve.leave_out) < 1
) AS layer_curve;
