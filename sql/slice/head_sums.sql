-- Sums over the word pairs of a sentence (lower triangle with diagonal) of the products of 1 and the heads' weights.
--
-- Grain: one row per extraction that keeps sums, layer and sentence; the upper triangle of a matrix of 1 + heads, row by row.
-- Leaves out: extractions that are not complete.
-- Read by: analyses of attention that is kept as sums.
CREATE VIEW slice.head_sums AS
SELECT
    head_sums.extraction_id,
    head_sums.layer,
    head_sums.sentence_id,
    head_sums.head_products
FROM model.head_sums
JOIN model.extraction ON extraction.extraction_id = head_sums.extraction_id
WHERE extraction.extraction_status = 'complete';
