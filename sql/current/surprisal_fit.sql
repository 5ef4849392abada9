-- What surprisal adds in predicting reading times, as it holds now.
--
-- Grain: one row per extraction, quantity, group of readers and set of sentences left out on request; of runs that differ
-- in seed or folds, the latest.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.surprisal_fit, mart.surprisal_fit_by_size.
CREATE VIEW current.surprisal_fit AS
SELECT DISTINCT ON (
    surprisal_fit.extraction_id, surprisal_fit.quantity, surprisal_fit.language_group, active_unit.leave_out
)
    surprisal_fit.run_id,
    surprisal_fit.unit_id,
    surprisal_fit.extraction_id,
    extraction.corpus_id,
    surprisal_fit.quantity,
    surprisal_fit.language_group,
    surprisal_fit.delta_log_likelihood,
    surprisal_fit.delta_se_over_readers,
    surprisal_fit.delta_se_over_folds,
    surprisal_fit.surprisal_ms_per_bit,
    surprisal_fit.previous_surprisal_ms_per_bit,
    surprisal_fit.has_frequency,
    surprisal_fit.reading_time_count,
    surprisal_fit.subject_count,
    surprisal_fit.fold_count,
    surprisal_fit.missing_because,
    active_unit.seed,
    active_unit.leave_out
FROM result.surprisal_fit
JOIN current.active_unit ON active_unit.run_id = surprisal_fit.run_id AND active_unit.unit_id = surprisal_fit.unit_id
JOIN model.extraction ON extraction.extraction_id = surprisal_fit.extraction_id
WHERE fn.is_complete(extraction.extraction_status)
ORDER BY
    surprisal_fit.extraction_id,
    surprisal_fit.quantity,
    surprisal_fit.language_group,
    active_unit.leave_out,
    surprisal_fit.run_id DESC;
