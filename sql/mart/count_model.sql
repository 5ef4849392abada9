-- How well attention explains transition counts by Poisson regression: shares of deviance (D2) by layer.
--
-- Grain: one row per model, condition, method, layer, measure (of counts), group of readers, set of predictors and what is
-- fitted: the heads (beside no set), the set, or both.
-- Key: extraction_id, layer, measure, language_group, predictor_set, fitted
-- Default: mart.count_model_default. Here condition, method, measure and predictor_set differ from row to row: choose
-- one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: a D2 is a share of deviance and not of variance: it is compared with other D2, never with an R2 or over a
-- noise ceiling of one. d2 is in-sample; of cv_d2 the penalties are chosen without what it is scored on.
-- Source: Cameron & Windmeijer 1996 (Journal of Business & Economic Statistics 14:209) for D2.
-- Read by: people, BI tools, warehouse show count-model.
CREATE VIEW mart.count_model AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AND shown.predictor_set = 'none' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        by_group.language_group,
        by_group.leave_out,
        by_group.predictor_set,
        by_group.fitted,
        by_group.layer,
        fn.relative_depth(by_group.layer, extraction.layer_count) AS relative_depth,
        by_group.d2,
        by_group.d2_se,
        by_group.cv_d2,
        by_group.standard_error,
        by_group.dispersion,
        by_group.penalty,
        by_group.penalty_end_count,
        by_group.subject_count,
        by_group.cell_count,
        by_group.predictor_count,
        by_group.missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(by_group.extraction_id, by_group.corpus_id, measure.region_id, by_group.leave_out) AS warning
        )
        || CASE WHEN by_group.cv_d2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END
        || CASE WHEN by_group.penalty_end_count > 0 THEN '{penalty_at_end}'::text[] ELSE '{}' END AS usage_warnings,
        by_group.run_id,
        by_group.extraction_id
    FROM (
        -- means over the readers of a group
        SELECT
            count_model.extraction_id,
            count_model.corpus_id,
            count_model.layer,
            count_model.measure_id,
            subject.language_group,
            count_model.predictor_set,
            count_model.fitted,
            count_model.leave_out,
            max(count_model.run_id) AS run_id,
            avg(count_model.d2 ORDER BY count_model.subject_id) AS d2,
            stddev_samp(count_model.d2 ORDER BY count_model.subject_id) / sqrt(count(count_model.d2)) AS d2_se,
            avg(count_model.cv_d2 ORDER BY count_model.subject_id) AS cv_d2,
            stddev_samp(count_model.cv_d2 ORDER BY count_model.subject_id) / sqrt(count(count_model.cv_d2)) AS standard_error,
            avg(count_model.dispersion ORDER BY count_model.subject_id) AS dispersion,
            exp(avg(ln(NULLIF(count_model.penalty, 0)))) AS penalty,
            sum(count_model.penalty_end_count)::integer AS penalty_end_count,
            count(count_model.d2)::integer AS subject_count,
            max(count_model.cell_count) AS cell_count,
            max(count_model.predictor_count) AS predictor_count,
            -- where there is no mean, why
            CASE WHEN count(count_model.cv_d2) = 0 THEN min(count_model.missing_because) END AS missing_because
        FROM current.count_model
        JOIN human.subject ON subject.subject_id = count_model.subject_id
        GROUP BY
            count_model.extraction_id,
            count_model.corpus_id,
            count_model.layer,
            count_model.measure_id,
            subject.language_group,
            count_model.predictor_set,
            count_model.fitted,
            count_model.leave_out
    ) AS by_group
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = by_group.extraction_id
    JOIN human.measure ON measure.measure_id = by_group.measure_id
    WHERE jsonb_array_length(by_group.leave_out) < 1
) AS shown;
