-- How far each head follows trivial patterns, as it holds now.
--
-- Grain: one row per extraction, layer, set of patterns, head and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.head_reliance, reliance_difference.
CREATE VIEW current.head_reliance AS
SELECT
    head_reliance.run_id,
    head_reliance.unit_id,
    head_reliance.extraction_id,
    extraction.corpus_id,
    head_reliance.layer,
    head_reliance.pattern_set,
    head_reliance.head,
    head_reliance.r2,
    head_reliance.adjusted_r2,
    head_reliance.cv_r2,
    active_unit.leave_out
FROM result.head_reliance
JOIN current.active_unit ON active_unit.run_id = head_reliance.run_id AND active_unit.unit_id = head_reliance.unit_id
JOIN model.extraction ON extraction.extraction_id = head_reliance.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
