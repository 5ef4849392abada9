-- Whether the surprisal of larger models predicts reading times worse.
--
-- Grain: one row per corpus, quantity, group of readers, condition and method.
-- Key: corpus, quantity, language_group, condition, method
-- Default: mart.surprisal_fit_by_size_default. Here condition, method and quantity differ from row to row: choose one of
-- each before you average.
-- Leaves out: models whose number of parameters is not known; results without some sentences; runs that are not done,
-- superseded units, extractions that are not complete.
-- Caveats: pearson_r is over models, of delta_log_likelihood with the logarithm of parameters: a handful of models is no
-- sample, and those of one family are not independent. With fewer than three models it is null.
-- Source: Oh & Schuler 2023 (TACL 11:336).
-- Read by: people, BI tools, warehouse show surprisal-fit.
CREATE VIEW mart.surprisal_fit_by_size AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.condition)
    AND shown.quantity = 'gaze_duration' AS is_default
FROM (
    SELECT
        sized.corpus,
        sized.quantity,
        sized.language_group,
        sized.condition,
        sized.method,
        count(*)::integer AS model_count,
        CASE WHEN count(*) > 2 THEN corr(ln(sized.parameter_count), sized.delta_log_likelihood) END AS pearson_r,
        regr_slope(sized.delta_log_likelihood, ln(sized.parameter_count)) < 0 AS fits_worse_with_size,
        (array_agg(sized.model ORDER BY sized.parameter_count, sized.model))[1] AS smallest_model,
        (array_agg(sized.delta_log_likelihood ORDER BY sized.parameter_count, sized.model))[1] AS smallest_delta,
        (array_agg(sized.model ORDER BY sized.parameter_count DESC, sized.model))[1] AS largest_model,
        (array_agg(sized.delta_log_likelihood ORDER BY sized.parameter_count DESC, sized.model))[1] AS largest_delta
    FROM (
        SELECT
            corpus.corpus,
            surprisal_fit.quantity,
            surprisal_fit.language_group,
            condition.condition,
            extraction.method,
            language_model.model,
            language_model.parameter_count,
            surprisal_fit.delta_log_likelihood
        FROM current.surprisal_fit
        JOIN model.extraction ON extraction.extraction_id = surprisal_fit.extraction_id
        JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
        JOIN model.condition ON condition.condition_id = extraction.condition_id
        JOIN stimulus.corpus ON corpus.corpus_id = surprisal_fit.corpus_id
        WHERE
            jsonb_array_length(surprisal_fit.leave_out) < 1
            AND language_model.parameter_count > 0
            AND surprisal_fit.delta_log_likelihood IS NOT NULL
    ) AS sized
    GROUP BY sized.corpus, sized.quantity, sized.language_group, sized.condition, sized.method
) AS shown;
