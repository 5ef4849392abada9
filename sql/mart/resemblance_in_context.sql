-- The resemblance of each model beside what a reviewer asks next: what of it position gives, and what is left beyond.
--
-- Of the layer that is best in-sample (the paper's) the in-sample value, then what qualifies it: the same with the layer
-- chosen on other articles (nested), what position and word length predict alone (baseline), what the heads add to these
-- with layers chosen on other articles (nested_unique) and at the best layer (unique, held out), what the attention of
-- other sentences of the same length explains (exchanged), and other fits.
--
-- Grain: one row per model, condition, method, measure and group of readers.
-- Key: extraction_id, measure, language_group
-- Default: mart.resemblance_in_context_default. Here condition, method, measure and predictor_set differ from row to
-- row: choose one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete,
-- excluded readers. What has not been computed is null.
-- Caveats: r2, ceiling, resemblance and exchanged_share are in-sample, and so is the choice of best_layer; what names
-- nested values does not depend on it. baseline_r2, unique_r2, ridge_cv_r2,
-- head_averaged_cv_r2 and cv_d2 are held out by article, at that layer; p_bonferroni is corrected over the model's layers.
-- cv_d2 is a share of deviance and is compared with other D2 only.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 1, for r2, ceiling and resemblance.
-- Read by: people, BI tools, warehouse show unique-variance, warehouse report.
CREATE VIEW mart.resemblance_in_context AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    NOT shown.usage_warnings @> '{not_word_aligned}' AS is_word_aligned,
    shown.usage_warnings @> '{partial_coverage}' AS is_partial,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        best.model,
        best.parameter_count,
        best.condition,
        best.method,
        best.corpus,
        best.measure,
        best.language_group,
        best.layer AS best_layer,
        best.relative_depth,
        best.r2,
        best.ceiling,
        CASE WHEN best.ratio_missing_because IS NULL THEN best.resemblance END AS resemblance,
        layer_choice.nested_cv_r2,
        layer_choice.cv_ceiling,
        CASE WHEN best.ratio_missing_because IS NULL THEN layer_choice.nested_resemblance END AS nested_resemblance,
        held_out.predictor_set,
        held_out.set_r2 AS baseline_r2,
        CASE
            WHEN best.ratio_missing_because IS NULL THEN held_out.set_r2 / NULLIF(best.leave_one_out_ceiling, 0)
        END AS baseline_resemblance,
        held_out.joint_r2,
        held_out.common_r2,
        held_out.set_unique_r2,
        nested.nested_unique_r2,
        nested.nested_unique_low,
        nested.nested_unique_high,
        nested.p_value AS nested_unique_p,
        held_out.unique_r2,
        held_out.unique_se,
        held_out.p_one_sided,
        held_out.p_bonferroni,
        in_sample.corrected_unique_r2,
        in_sample.unique_low,
        in_sample.unique_high,
        exchanged_null.exchanged_r2,
        exchanged_null.exchanged_r2 / NULLIF(exchanged_null.r2, 0) AS exchanged_share,
        exchanged_null.exchanged_p,
        other_fit.ridge_cv_r2,
        other_fit.head_averaged_cv_r2,
        counted.cv_d2,
        best.leave_one_out_ceiling,
        best.subject_count,
        best.cell_count,
        best.ratio_missing_because,
        COALESCE(held_out.missing_because, in_sample.missing_because, nested.missing_because) AS missing_because,
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
    LEFT JOIN slice.unique_variance AS held_out
        ON
            held_out.extraction_id = best.extraction_id
            AND held_out.layer = best.layer
            AND held_out.measure_id = best.measure_id
            AND held_out.language_group = best.language_group
            AND held_out.predictor_set = 'baseline47'
            AND held_out.held_out = 'article'
    LEFT JOIN slice.unique_variance AS in_sample
        ON
            in_sample.extraction_id = best.extraction_id
            AND in_sample.layer = best.layer
            AND in_sample.measure_id = best.measure_id
            AND in_sample.language_group = best.language_group
            AND in_sample.predictor_set = 'baseline47'
            AND in_sample.held_out = 'nothing'
    LEFT JOIN current.nested_unique_variance AS nested
        ON
            nested.extraction_id = best.extraction_id
            AND nested.measure_id = best.measure_id
            AND nested.language_group = best.language_group
            AND nested.predictor_set = 'baseline47'
            AND jsonb_array_length(nested.leave_out) < 1
    LEFT JOIN current.exchanged_null
        ON
            exchanged_null.extraction_id = best.extraction_id
            AND exchanged_null.layer = best.layer
            AND exchanged_null.measure_id = best.measure_id
            AND exchanged_null.language_group = best.language_group
            AND jsonb_array_length(exchanged_null.leave_out) < 1
    -- of the best layers alone: who asks for a few models does not wait for the fits of all layers of all
    LEFT JOIN LATERAL (
        SELECT
            max(other.cv_r2) FILTER (WHERE other.variant = 'ridge') AS ridge_cv_r2,
            max(other.cv_r2) FILTER (WHERE other.variant = 'head_averaged') AS head_averaged_cv_r2
        FROM current.resemblance_variant_by_group AS other
        WHERE
            other.extraction_id = best.extraction_id
            AND other.layer = best.layer
            AND other.measure_id = best.measure_id
            AND other.measure = best.measure
            AND other.language_group = best.language_group
            AND other.variant IN ('ridge', 'head_averaged')
            AND other.predictor_set = 'none'
            AND jsonb_array_length(other.leave_out) < 1
    ) AS other_fit ON true
    LEFT JOIN LATERAL (
        SELECT avg(count_model.cv_d2) AS cv_d2
        FROM current.count_model
        JOIN human.subject ON subject.subject_id = count_model.subject_id
        WHERE
            count_model.extraction_id = best.extraction_id
            AND count_model.layer = best.layer
            AND count_model.measure_id = best.measure_id
            AND count_model.predictor_set = 'none'
            AND subject.language_group = best.language_group
            AND jsonb_array_length(count_model.leave_out) < 1
    ) AS counted ON true
) AS shown;
