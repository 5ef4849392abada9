-- Surprisal and reading times, by the size of models
--
-- Caption: What surprisal of the word and of the one before adds to length, place and frequency in predicting reading times
-- of held-out sentences: log-likelihood per word, mean over readers, over the number of the model's parameters. Higher is
-- better; points that fall to the right say that larger models fit worse. Models of one family are not independent.
-- Grain: one row per model, condition, quantity and group of readers.
-- Leaves out: results without some sentences; models of unknown size, or with a prefix.
-- Compute: surprisal-fit
-- Figure: fit
-- Axes: x=billion_parameters, y=millinats, label=label, series=language_group, panel=quantity, scale=log
-- Labels: x=Parameters [billions], y=Gain in log-likelihood [1/1,000 nat a word]
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    quantity,
    language_group,
    model AS label,
    parameter_count / 1e9 AS billion_parameters,
    1000 * delta_log_likelihood AS millinats,
    1000 * delta_se_over_readers AS standard_error,
    surprisal_ms_per_bit,
    has_frequency,
    run_id,
    subject_count,
    usage_warnings
FROM mart.surprisal_fit
WHERE condition = 'plain' AND method = 'raw' AND parameter_count > 0 AND delta_log_likelihood IS NOT NULL
ORDER BY corpus, quantity, language_group, parameter_count, model;
