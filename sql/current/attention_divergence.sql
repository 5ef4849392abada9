-- How far the attention of two extractions differs now, sentence by sentence.
--
-- Grain: one row per comparison, two extractions, layer or quarter, sentence, and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: divergence_significance, mart.divergence_curve.
CREATE VIEW current.attention_divergence AS
SELECT
    attention_divergence.run_id,
    attention_divergence.unit_id,
    attention_divergence.comparison,
    attention_divergence.left_extraction_id,
    attention_divergence.right_extraction_id,
    attention_divergence.depth_kind,
    attention_divergence.depth,
    attention_divergence.sentence_id,
    attention_divergence.js_nats,
    attention_divergence.js_head_averaged_nats,
    attention_divergence.jeffreys_nats,
    attention_divergence.jeffreys_infinite_count,
    attention_divergence.jeffreys_head_averaged_nats,
    attention_divergence.jeffreys_head_averaged_infinite_count,
    attention_divergence.zero_row_count,
    attention_divergence.head_averaged_zero_row_count,
    active_unit.leave_out
FROM result.attention_divergence
JOIN current.active_unit ON active_unit.run_id = attention_divergence.run_id AND active_unit.unit_id = attention_divergence.unit_id
JOIN model.extraction AS left_side ON left_side.extraction_id = attention_divergence.left_extraction_id
JOIN model.extraction AS right_side ON right_side.extraction_id = attention_divergence.right_extraction_id
WHERE
    fn.is_complete(left_side.extraction_status)
    AND fn.is_complete(right_side.extraction_status);
