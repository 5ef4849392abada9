-- How well attention explains each reader's transition counts by Poisson regression.
--
-- Grain: one row per model, condition, method, layer, measure (of counts), reader, set of predictors and what is
-- fitted: the heads (beside no set), the set, or both.
-- Key: extraction_id, layer, measure, subject_id, predictor_set, fitted
-- Default: mart.reader_count_model_default. Here condition, method, measure and predictor_set differ from row to row:
-- choose one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: d2 is in-sample; of cv_d2 the penalties are chosen without what it is scored on.
-- Source: Cameron & Windmeijer 1996 (Journal of Business & Economic Statistics 14:209) for D2.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_count_model AS
SELECT
    shown.*,
    shown.subject_label AS reader,
    fn.is_default(shown.method, shown.condition, shown.measure) AND shown.predictor_set = 'none' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text
FROM (
    SELECT
        language_model.model,
        (SELECT condition.condition FROM model.condition WHERE condition.condition_id = extraction.condition_id) AS condition,
        extraction.method,
        (SELECT corpus.corpus FROM stimulus.corpus WHERE corpus.corpus_id = count_model.corpus_id) AS corpus,
        measure.measure,
        subject.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        count_model.leave_out,
        count_model.predictor_set,
        count_model.fitted,
        count_model.layer,
        fn.relative_depth(count_model.layer, language_model.layer_count) AS relative_depth,
        count_model.d2,
        count_model.cv_d2,
        count_model.dispersion,
        count_model.penalty,
        count_model.penalty_end_count,
        count_model.cell_count,
        count_model.predictor_count,
        count_model.missing_because,
        count_model.subject_id,
        count_model.run_id,
        count_model.extraction_id
    FROM current.count_model
    JOIN model.extraction ON extraction.extraction_id = count_model.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN human.measure ON measure.measure_id = count_model.measure_id
    JOIN human.subject ON subject.subject_id = count_model.subject_id
    WHERE jsonb_array_length(count_model.leave_out) < 1
) AS shown;
