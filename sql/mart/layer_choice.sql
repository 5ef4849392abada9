-- The best layer chosen in-sample, as the paper does, beside choices that do not see what they are scored on.
--
-- By article: the layer with the best cross-validated R2 on the other articles is scored on the article that is left
-- (nested_cv_r2). By reader: the layer with the best mean r2 of the other readers is scored on the reader that is left
-- (reader_nested_r2).
--
-- Grain: one row per model, condition, method, measure and group of readers; of choices with several seeds, the latest.
-- Key: extraction_id, measure, language_group
-- Default: mart.layer_choice_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete,
-- excluded readers. Fewer than three articles or two readers give no choice (null).
-- Caveats: nested_resemblance is over cv_ceiling, which is predicted for the same held-out articles;
-- nested_loo_resemblance is over the leave-one-out ceiling, which is in-sample and therefore higher.
-- Source: Cawley & Talbot 2010 (JMLR 11:2079): choosing inside the cross-validation.
-- Read by: people, BI tools, warehouse show layer-choice.
CREATE VIEW mart.layer_choice AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.chosen_layers, ', '), '') AS chosen_layers_text,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NOT shown.usage_warnings @> '{not_word_aligned}' AS is_word_aligned,
    shown.usage_warnings @> '{partial_coverage}' AS is_partial,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        layer_choice.language_group,
        layer_choice.leave_out,
        in_sample.layer AS best_layer,
        in_sample.relative_depth,
        in_sample.r2,
        in_sample.cv_r2,
        layer_choice.nested_cv_r2,
        layer_choice.standard_error,
        layer_choice.reader_nested_r2,
        layer_choice.chosen_layers::integer[] AS chosen_layers,
        in_sample.ceiling,
        in_sample.leave_one_out_ceiling,
        layer_choice.cv_ceiling,
        in_sample.resemblance,
        in_sample.cv_resemblance,
        layer_choice.nested_resemblance,
        layer_choice.interval_low,
        layer_choice.interval_high,
        layer_choice.nested_cv_r2 / NULLIF(in_sample.leave_one_out_ceiling, 0) AS nested_loo_resemblance,
        layer_choice.subject_count,
        layer_choice.seed,
        layer_choice.missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(layer_choice.extraction_id, layer_choice.corpus_id, measure.region_id, layer_choice.leave_out) AS warning
        )
        || CASE WHEN layer_choice.nested_cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
        layer_choice.run_id,
        layer_choice.extraction_id
    FROM current.layer_choice
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = layer_choice.extraction_id
    JOIN human.measure ON measure.measure_id = layer_choice.measure_id
    LEFT JOIN slice.layer_curve_best AS in_sample
        ON
            in_sample.extraction_id = layer_choice.extraction_id
            AND in_sample.measure_id = layer_choice.measure_id
            AND in_sample.language_group = layer_choice.language_group
            -- said of the names too: what is asked of one side is then asked of the other
            AND in_sample.model = extraction.model
            AND in_sample.condition = extraction.condition
            AND in_sample.method = extraction.method
            AND in_sample.corpus = extraction.corpus
            AND in_sample.measure = measure.measure
    WHERE jsonb_array_length(layer_choice.leave_out) < 1
) AS shown;
