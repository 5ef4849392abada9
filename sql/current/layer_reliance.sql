-- How far the heads of each layer follow trivial patterns, as it holds now.
--
-- Grain: one row per extraction, layer, set of patterns and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.layer_reliance.
CREATE VIEW current.layer_reliance AS
SELECT
    layer_reliance.run_id,
    layer_reliance.extraction_id,
    extraction.corpus_id,
    layer_reliance.layer,
    layer_reliance.pattern_set,
    layer_reliance.r2,
    layer_reliance.adjusted_r2,
    layer_reliance.cv_r2,
    layer_reliance.standard_error,
    layer_reliance.pooled_r2,
    layer_reliance.cell_count,
    layer_reliance.predictor_count,
    layer_reliance.rank,
    active_unit.leave_out
FROM result.layer_reliance
JOIN current.active_unit ON active_unit.run_id = layer_reliance.run_id AND active_unit.unit_id = layer_reliance.unit_id
JOIN model.extraction ON extraction.extraction_id = layer_reliance.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
