-- What the surprisal of words under each model adds to length, place and frequency in predicting reading times.
--
-- Grain: one row per model, condition, method, quantity and group of readers; of several seeds, the latest.
-- Key: extraction_id, quantity, language_group
-- Default: mart.surprisal_fit_default. Here condition, method and quantity differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers; first words of sentences, and words that a reader skipped.
-- Caveats: a fit for each reader, not a mixed model, for which mart.reading_measure joined with mart.word_surprisal has
-- the data. Compare models of the same condition, whose words are the same.
-- Source: Goodkind & Bicknell 2018 (CMCL 10); Wilcox et al. 2020 (CogSci); Oh & Schuler 2023 (TACL 11:336).
-- Read by: people, BI tools, warehouse show surprisal-fit --layers.
CREATE VIEW mart.surprisal_fit AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.condition)
    AND shown.quantity = 'gaze_duration' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.parameter_count,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        surprisal_fit.quantity,
        surprisal_fit.language_group,
        surprisal_fit.leave_out,
        surprisal_fit.delta_log_likelihood,
        surprisal_fit.delta_se_over_readers,
        surprisal_fit.delta_se_over_folds,
        surprisal_fit.surprisal_ms_per_bit,
        surprisal_fit.previous_surprisal_ms_per_bit,
        surprisal_fit.has_frequency,
        surprisal_fit.reading_time_count,
        surprisal_fit.subject_count,
        surprisal_fit.fold_count,
        surprisal_fit.seed,
        surprisal_fit.missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            surprisal_fit.extraction_id, surprisal_fit.corpus_id, NULL, surprisal_fit.leave_out
        ) AS warning) AS usage_warnings,
        surprisal_fit.run_id,
        surprisal_fit.extraction_id
    FROM current.surprisal_fit
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = surprisal_fit.extraction_id
    WHERE jsonb_array_length(surprisal_fit.leave_out) < 1
) AS shown;
