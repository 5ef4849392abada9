-- How well attention explains where each reader looks back by another fit than least squares on all heads.
--
-- Grain: one row per model, condition, method, layer, measure, reader, variant (result.variant), set of predictors and what
-- is fitted: the heads (beside no set), the set, or both.
-- Key: extraction_id, layer, measure, subject_id, variant, predictor_set, fitted
-- Default: mart.reader_variant_default. Here condition, method, measure and predictor_set differ from row to row: choose
-- one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: r2 of a penalised fit is in-sample too, with the penalty that predicts held-out articles best.
-- Source: Hoerl & Kennard 1970 for ridge; Gao et al. 2025 (Nature Computational Science 5:1080) for the mean over heads.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_variant AS
SELECT
    shown.*,
    shown.subject_label AS reader,
    fn.is_default(shown.method, shown.condition, shown.measure) AND shown.predictor_set = 'none' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text
FROM (
    SELECT
        resemblance_variant.model,
        resemblance_variant.condition,
        resemblance_variant.method,
        resemblance_variant.corpus,
        resemblance_variant.measure,
        resemblance_variant.language_group,
        resemblance_variant.language_group || '/' || resemblance_variant.subject_label AS subject_label,
        resemblance_variant.leave_out,
        resemblance_variant.predictor_set,
        resemblance_variant.fitted,
        resemblance_variant.layer,
        resemblance_variant.relative_depth,
        resemblance_variant.variant,
        resemblance_variant.r2,
        resemblance_variant.cv_r2,
        resemblance_variant.pearson_r,
        resemblance_variant.penalty,
        resemblance_variant.penalty_end_count,
        resemblance_variant.cell_count,
        resemblance_variant.predictor_count,
        resemblance_variant.missing_because,
        resemblance_variant.subject_id,
        resemblance_variant.run_id,
        resemblance_variant.extraction_id
    FROM current.resemblance_variant
    WHERE jsonb_array_length(resemblance_variant.leave_out) < 1
) AS shown;
