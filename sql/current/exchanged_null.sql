-- What is left of a resemblance with the attention of other sentences of the same length, as it holds now.
--
-- Grain: one row per extraction, layer, measure, group of readers and set of sentences left out on request; of runs that
-- differ in seed or number of draws, the latest.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.exchanged_null.
CREATE VIEW current.exchanged_null AS
SELECT DISTINCT ON (
    exchanged_null.extraction_id,
    exchanged_null.layer,
    exchanged_null.measure_id,
    exchanged_null.language_group,
    active_unit.leave_out
)
    exchanged_null.run_id,
    exchanged_null.unit_id,
    exchanged_null.extraction_id,
    extraction.corpus_id,
    exchanged_null.layer,
    exchanged_null.measure_id,
    exchanged_null.language_group,
    exchanged_null.r2,
    exchanged_null.cv_r2,
    exchanged_null.exchanged_r2,
    exchanged_null.exchanged_r2_sd,
    exchanged_null.exchanged_r2_most,
    exchanged_null.exchanged_cv_r2,
    exchanged_null.exchanged_cv_r2_sd,
    exchanged_null.exchanged_p,
    exchanged_null.exchanged_sentence_count,
    exchanged_null.draw_count,
    exchanged_null.subject_count,
    exchanged_null.cell_count,
    exchanged_null.missing_because,
    active_unit.seed,
    active_unit.leave_out
FROM result.exchanged_null
JOIN current.active_unit ON active_unit.run_id = exchanged_null.run_id AND active_unit.unit_id = exchanged_null.unit_id
JOIN model.extraction ON extraction.extraction_id = exchanged_null.extraction_id
WHERE fn.is_complete(extraction.extraction_status)
ORDER BY
    exchanged_null.extraction_id,
    exchanged_null.layer,
    exchanged_null.measure_id,
    exchanged_null.language_group,
    active_unit.leave_out,
    exchanged_null.run_id DESC;
