-- Sums over the same word pairs of the products of 1 and the heads' weights with what a reader did.
--
-- Grain: one row per extraction that keeps sums, layer, measure, reader, and sentence or article (by its first sentence).
-- Leaves out: extractions that are not complete; sums that are all 0.
-- Read by: analyses of attention that is kept as sums.
CREATE VIEW slice.reader_sums AS
SELECT
    reader_sums.extraction_id,
    reader_sums.layer,
    reader_sums.sentence_id,
    reader_sums.measure_id,
    reader_sums.subject_id,
    reader_sums.reader_products
FROM model.reader_sums
JOIN model.extraction ON extraction.extraction_id = reader_sums.extraction_id
WHERE extraction.extraction_status = 'complete';
