-- Whether models that predict better, or that are larger, resemble readers more: lines over models.
--
-- Grain: one row per condition, method, measure, group of readers, choice of models, score, predictor and set of sentences
-- left out.
-- Key: corpus, condition, method, measure, language_group, model_choice, score_kind, predictor
-- Default: mart.model_fit_default. Here condition, method, measure, score_kind and model_choice differ from row to row:
-- choose one of each before you average.
-- Leaves out: runs that are not done, superseded units; models without the predictor or the score.
-- Caveats: a handful of models is not a sample; those of one family are not independent. The fits stand with and without
-- models whose attention is not aligned to words.
-- Source: Gao et al. 2023 (EMNLP Findings), Figures 5, 7, 13 and 16.
-- Read by: people, BI tools, warehouse show loss-fit, warehouse show scale-fit.
CREATE VIEW mart.model_fit AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.model_choice = 'word-aligned'
    AND shown.score_kind = 'nested_resemblance' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        condition.condition,
        model_fit.method,
        corpus.corpus,
        measure.measure,
        model_fit.language_group,
        model_fit.leave_out,
        model_fit.model_choice,
        model_fit.score_kind,
        model_fit.predictor,
        model_fit.model_count,
        model_fit.pearson_r,
        model_fit.r_low,
        model_fit.r_high,
        model_fit.p_value,
        model_fit.slope,
        model_fit.intercept,
        model_fit.residual_sd,
        model_fit.missing_because,
        -- the warnings of every extraction that may be in the fit
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY(
                SELECT extraction.extraction_id
                FROM model.extraction
                WHERE
                    extraction.corpus_id = model_fit.corpus_id
                    AND extraction.condition_id = model_fit.condition_id
                    AND extraction.method = model_fit.method
                    AND extraction.extraction_status = 'complete'
                    AND (model_fit.model_choice = 'all' OR extraction.alignment = 'word')
            ),
            CASE WHEN measure.region_id IS NULL THEN model_fit.corpus_id END,
            model_fit.leave_out
        ) AS warning) AS usage_warnings,
        model_fit.run_id
    FROM current.model_fit
    JOIN model.condition ON condition.condition_id = model_fit.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = model_fit.corpus_id
    JOIN human.measure ON measure.measure_id = model_fit.measure_id
    WHERE jsonb_array_length(model_fit.leave_out) < 1
) AS shown;
