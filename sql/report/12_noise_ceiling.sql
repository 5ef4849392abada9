-- Noise ceilings
--
-- Caption: How well the mean of a group predicts its readers: the most that a model could reach. "group_mean" contains
-- the reader who is predicted, as in the paper, and is too high; "leave_one_out" does not. Where readers read different
-- sentences, it stands on those that enough of them read.
-- Grain: one row per corpus, measure, group of readers and kind of ceiling.
-- Leaves out: results without some sentences.
-- Compute: noise-ceiling
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    language_group,
    ceiling_kind,
    ceiling,
    standard_error,
    subject_count AS readers,
    sentence_count AS sentences,
    missing_because,
    run_id,
    subject_count,
    cell_count,
    usage_warnings
FROM mart.noise_ceiling
WHERE leave_out = '[]'
ORDER BY corpus, measure, language_group, ceiling_kind;
