-- How far the heads of two extractions of equal depth and heads differ now.
--
-- Grain: one row per comparison, two extractions, layer, head, and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.head_divergence.
CREATE VIEW current.head_divergence AS
SELECT
    head_divergence.run_id,
    head_divergence.comparison,
    head_divergence.left_extraction_id,
    head_divergence.right_extraction_id,
    head_divergence.depth_kind,
    head_divergence.depth,
    head_divergence.head,
    head_divergence.js_nats,
    head_divergence.sentence_count,
    head_divergence.zero_row_count,
    active_unit.leave_out
FROM result.head_divergence
JOIN current.active_unit ON active_unit.run_id = head_divergence.run_id AND active_unit.unit_id = head_divergence.unit_id
JOIN model.extraction AS left_side ON left_side.extraction_id = head_divergence.left_extraction_id
JOIN model.extraction AS right_side ON right_side.extraction_id = head_divergence.right_extraction_id
WHERE
    fn.is_complete(left_side.extraction_status)
    AND fn.is_complete(right_side.extraction_status);
