-- The tuned models that can be compared with their base: same corpus, condition and method.
--
-- Grain: one row per base (left) and tuned (right) extraction.
-- Leaves out: extractions that are not complete; tuned models whose base is not there.
-- Read by: the plan of tuning_test.
CREATE VIEW slice.tuning_pair AS
SELECT
    extraction_pair.left_extraction_id,
    extraction_pair.right_extraction_id,
    extraction_pair.corpus_id,
    extraction_pair.left_model,
    extraction_pair.left_condition,
    extraction_pair.right_model,
    extraction_pair.right_condition,
    extraction_pair.method
FROM current.extraction_pair
WHERE extraction_pair.comparison = 'tuning';
