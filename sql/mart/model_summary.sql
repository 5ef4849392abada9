-- The best layer of each model for each group of readers: the paper's Table 1, beside the layer chosen on other articles.
--
-- In-sample (r2, resemblance) the layer is chosen on the data that score it, as the paper does. Nested (nested_cv_r2,
-- nested_resemblance) each article is predicted from the others by the layer that is best on the others, over a ceiling of
-- the same held-out articles: compare models by it.
--
-- Grain: one row per model, condition, method, measure and group of readers.
-- Leaves out: results without some sentences (see mart.leave_out_effect); runs that are not done, superseded units,
-- extractions that are not complete, excluded readers. Nested values are null until warehouse compute layer-choice.
-- Caveats: r2 grows with the number of heads; cv_r2 is held out, at the layer that is best in-sample.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3 and Table 1.
-- Read by: people, BI tools, warehouse show human-resemblance.
CREATE VIEW mart.model_summary AS
SELECT
    ranked.model,
    language_model.family,
    ranked.stage,
    ranked.parameter_count,
    ranked.condition,
    ranked.method,
    ranked.corpus,
    ranked.measure,
    ranked.language_group,
    ranked.leave_out,
    ranked.layer AS best_layer,
    ranked.layer_total,
    ranked.r2,
    ranked.standard_error,
    ranked.adjusted_r2,
    ranked.cv_r2,
    layer_choice.nested_cv_r2,
    ranked.ceiling,
    ranked.leave_one_out_ceiling,
    layer_choice.cv_ceiling,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN ranked.resemblance END AS resemblance,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN resemblance_interval.interval_low END AS interval_low,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN resemblance_interval.interval_high END AS interval_high,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN ranked.adjusted_resemblance END AS adjusted_resemblance,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN ranked.cv_resemblance END AS cv_resemblance,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN layer_choice.nested_resemblance END AS nested_resemblance,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN layer_choice.interval_low END AS nested_low,
    CASE WHEN ranked.ratio_missing_because IS NULL THEN layer_choice.interval_high END AS nested_high,
    layer_choice.chosen_layers,
    ranked.subject_count,
    ranked.cell_count,
    ranked.predictor_count,
    ranked.rank,
    ranked.ratio_missing_because,
    ARRAY(SELECT warning FROM fn.usage_warnings(ranked.extraction_id, ranked.corpus_id, ranked.region_id, ranked.leave_out) AS warning)
    || CASE WHEN ranked.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
    ranked.run_id,
    ranked.extraction_id
FROM (
    SELECT
        layer_curve.*,
        fn.ratio_missing_because(
            layer_curve.region_id,
            layer_curve.cv_r2,
            LEAST(layer_curve.ceiling, layer_curve.leave_one_out_ceiling),
            layer_curve.predictor_count,
            layer_curve.cell_count
        ) AS ratio_missing_because,
        row_number() OVER whole_model AS place,
        count(*) OVER (
            PARTITION BY layer_curve.extraction_id, layer_curve.measure_id, layer_curve.language_group
        )::integer AS layer_total
    FROM slice.layer_curve
    WHERE jsonb_array_length(layer_curve.leave_out) < 1
    WINDOW whole_model AS (
        PARTITION BY layer_curve.extraction_id, layer_curve.measure_id, layer_curve.language_group
        ORDER BY layer_curve.r2 DESC NULLS LAST, layer_curve.layer
    )
) AS ranked
JOIN model.extraction ON extraction.extraction_id = ranked.extraction_id
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
LEFT JOIN current.layer_choice
    ON
        layer_choice.extraction_id = ranked.extraction_id
        AND layer_choice.measure_id = ranked.measure_id
        AND layer_choice.language_group = ranked.language_group
        AND jsonb_array_length(layer_choice.leave_out) < 1
-- each once: what is made distinct is kept, where a join that is taken to begin once begins again for each row
LEFT JOIN (
    SELECT DISTINCT
        extraction_id,
        layer,
        measure_id,
        language_group,
        interval_low,
        interval_high
    FROM current.resemblance_interval
    WHERE jsonb_array_length(leave_out) < 1 AND statistic = 'resemblance' AND cluster_kind = 'reader and sentence'
) AS resemblance_interval
    ON
        resemblance_interval.extraction_id = ranked.extraction_id
        AND resemblance_interval.layer = ranked.layer
        AND resemblance_interval.measure_id = ranked.measure_id
        AND resemblance_interval.language_group = ranked.language_group
WHERE ranked.place = 1;
