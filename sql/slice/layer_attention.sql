-- Attention from word to word in the order of regressions: the lower triangles with diagonal.
--
-- Grain: one row per extraction, layer and word pair that a causal model can see; weights[head + 1]. half_weights are the
-- same where they are stored as half: whoever reads many rows is quicker to take the bytes.
-- Leaves out: extractions that are not complete, and the pairs above the diagonal that encoders have.
-- Read by: human_resemblance.
CREATE VIEW slice.layer_attention AS
SELECT
    attention.extraction_id,
    attention.layer,
    attention.sentence_id,
    attention.from_word,
    attention.to_word,
    COALESCE(attention.weights, fn.single_weights(attention.half_weights)) AS weights,
    attention.half_weights
FROM model.attention
JOIN model.extraction ON extraction.extraction_id = attention.extraction_id
WHERE extraction.extraction_status = 'complete' AND attention.to_word <= attention.from_word;
