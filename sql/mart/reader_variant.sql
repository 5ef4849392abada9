-- How well attention explains where each reader looks back by another fit than least squares on all heads.
--
-- Grain: one row per model, condition, method, layer, measure, reader, variant (result.variant), set of predictors and what
-- is fitted: the heads (beside no set), the set, or both.
-- Key: extraction_id, layer, measure, subject_id, variant
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
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text
FROM (
    SELECT
        language_model.model,
        (SELECT condition.condition FROM model.condition WHERE condition.condition_id = extraction.condition_id) AS condition,
        extraction.method,
        (SELECT corpus.corpus FROM stimulus.corpus WHERE corpus.corpus_id = resemblance_variant.corpus_id) AS corpus,
        resemblance_variant.measure,
        subject.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        resemblance_variant.leave_out,
        resemblance_variant.predictor_set,
        resemblance_variant.fitted,
        resemblance_variant.layer,
        fn.relative_depth(resemblance_variant.layer, language_model.layer_count) AS relative_depth,
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
    JOIN model.extraction ON extraction.extraction_id = resemblance_variant.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN human.subject ON subject.subject_id = resemblance_variant.subject_id
    WHERE jsonb_array_length(resemblance_variant.leave_out) < 1
) AS shown;
