-- The best layer of each model for each group of readers: the paper's Table 1, beside the layer chosen on other articles.
--
-- In-sample (r2, resemblance) the layer is chosen on the data that score it, as the paper does. Nested (nested_cv_r2,
-- nested_resemblance) each article is predicted from the others by the layer that is best on the others, over a ceiling of
-- the same held-out articles: compare models by it.
--
-- Grain: one row per model, condition, method, measure and group of readers: per extraction_id, measure and language_group.
-- Key: extraction_id, measure, language_group
-- Default: mart.model_summary_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences (see mart.leave_out_effect); runs that are not done, superseded units,
-- extractions that are not complete, excluded readers. Nested values are null until warehouse compute layer-choice.
-- Caveats: r2 grows with the number of heads; cv_r2 is held out, at the layer that is best in-sample.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3 and Table 1.
-- Read by: people, BI tools, warehouse show human-resemblance.
CREATE VIEW mart.model_summary AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.chosen_layers, ', '), '') AS chosen_layers_text,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    'not_word_aligned' <> ALL(shown.usage_warnings) AS is_word_aligned,
    'partial_coverage' = ANY(shown.usage_warnings) AS is_partial,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        best.model,
        best.family,
        best.stage,
        best.parameter_count,
        best.condition,
        best.method,
        best.corpus,
        best.measure,
        best.language_group,
        best.leave_out,
        best.layer AS best_layer,
        best.relative_depth,
        best.layer_total,
        best.r2,
        best.standard_error,
        best.adjusted_r2,
        best.cv_r2,
        layer_choice.nested_cv_r2,
        best.ceiling,
        best.leave_one_out_ceiling,
        layer_choice.cv_ceiling,
        CASE WHEN best.ratio_missing_because IS NULL THEN best.resemblance END AS resemblance,
        CASE WHEN best.ratio_missing_because IS NULL THEN bootstrap.interval_low END AS interval_low,
        CASE WHEN best.ratio_missing_because IS NULL THEN bootstrap.interval_high END AS interval_high,
        CASE WHEN best.ratio_missing_because IS NULL THEN best.adjusted_resemblance END AS adjusted_resemblance,
        CASE WHEN best.ratio_missing_because IS NULL THEN best.cv_resemblance END AS cv_resemblance,
        CASE WHEN best.ratio_missing_because IS NULL THEN layer_choice.nested_resemblance END AS nested_resemblance,
        CASE WHEN best.ratio_missing_because IS NULL THEN layer_choice.interval_low END AS nested_low,
        CASE WHEN best.ratio_missing_because IS NULL THEN layer_choice.interval_high END AS nested_high,
        layer_choice.chosen_layers::integer[] AS chosen_layers,
        best.subject_count,
        best.cell_count,
        best.predictor_count,
        best.rank,
        best.ratio_missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(best.extraction_id, best.corpus_id, best.region_id, best.leave_out) AS warning)
        || CASE WHEN best.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
        best.run_id,
        best.extraction_id
    FROM slice.layer_curve_best AS best
    LEFT JOIN current.layer_choice
        ON
            layer_choice.extraction_id = best.extraction_id
            AND layer_choice.measure_id = best.measure_id
            AND layer_choice.language_group = best.language_group
            AND jsonb_array_length(layer_choice.leave_out) < 1
    LEFT JOIN current.resemblance_interval_by_layer AS bootstrap
        ON
            bootstrap.extraction_id = best.extraction_id
            AND bootstrap.layer = best.layer
            AND bootstrap.measure = best.measure
            AND bootstrap.language_group = best.language_group
) AS shown;
