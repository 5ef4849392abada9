-- Human resemblance by layer, with names, ceilings and intervals: the curves of the paper's Figures 6 and 15.
--
-- Grain: one row per model, condition, method, layer, measure and group of readers: per extraction_id, layer, measure and
-- language_group.
-- Key: extraction_id, layer, measure, language_group
-- Default: mart.layer_curve_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; of brain regions, ratios where ratio_missing_because says why; runs that are
-- not done, superseded units, extractions that are not complete, excluded readers. Intervals are null until warehouse compute
-- corrected-resemblance.
-- Caveats: r2 and resemblance are in-sample and grow with the number of heads; cv_r2 and cv_resemblance do not. Layers of two
-- conditions of a model have different extraction_id; those of models of different depth compare by relative_depth. The
-- intervals are reflected about the estimate, since refits are biased, and need not contain it.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3.
-- Read by: people, BI tools, warehouse show human-resemblance --layers.
CREATE VIEW mart.layer_curve AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    'not_word_aligned' <> ALL(shown.usage_warnings) AS is_word_aligned,
    'partial_coverage' = ANY(shown.usage_warnings) AS is_partial,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
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
        layer_curve.relative_depth,
        layer_curve.r2,
        bootstrap.r2_low,
        bootstrap.r2_high,
        layer_curve.adjusted_r2,
        layer_curve.cv_r2,
        layer_curve.standard_error,
        layer_curve.cv_standard_error,
        layer_curve.ceiling,
        layer_curve.leave_one_out_ceiling,
        CASE WHEN worth.ratio_missing_because IS NULL THEN layer_curve.resemblance END AS resemblance,
        CASE WHEN worth.ratio_missing_because IS NULL THEN bootstrap.interval_low END AS interval_low,
        CASE WHEN worth.ratio_missing_because IS NULL THEN bootstrap.interval_high END AS interval_high,
        CASE WHEN worth.ratio_missing_because IS NULL THEN layer_curve.adjusted_resemblance END AS adjusted_resemblance,
        CASE WHEN worth.ratio_missing_because IS NULL THEN layer_curve.cv_resemblance END AS cv_resemblance,
        layer_curve.subject_count,
        layer_curve.cell_count,
        layer_curve.predictor_count,
        layer_curve.rank,
        worth.ratio_missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(
                layer_curve.extraction_id, layer_curve.corpus_id, layer_curve.region_id, layer_curve.leave_out
            ) AS warning
        )
        || CASE WHEN layer_curve.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
        layer_curve.run_id,
        layer_curve.extraction_id
    FROM slice.layer_curve
    CROSS JOIN
        LATERAL fn.ratio_missing_because(
            layer_curve.region_id,
            layer_curve.cv_r2,
            LEAST(layer_curve.ceiling, layer_curve.leave_one_out_ceiling),
            layer_curve.predictor_count,
            layer_curve.cell_count
        ) AS worth (ratio_missing_because)
    LEFT JOIN current.resemblance_interval_by_layer AS bootstrap
        ON
            bootstrap.extraction_id = layer_curve.extraction_id
            AND bootstrap.layer = layer_curve.layer
            AND bootstrap.measure = layer_curve.measure
            AND bootstrap.language_group = layer_curve.language_group
    WHERE jsonb_array_length(layer_curve.leave_out) < 1
) AS shown;
