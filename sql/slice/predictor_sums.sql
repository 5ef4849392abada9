-- Sums over the word pairs of a sentence, or of an article, of the products of 1 and the heads' weights with a predictor.
--
-- Grain: one row per extraction that keeps sums, layer, sentence or article (by its first sentence) and predictor or trivial
-- pattern.
-- Leaves out: extractions that are not complete; predictors whose values there are all 0.
-- Read by: analyses of attention that is kept as sums.
CREATE VIEW slice.predictor_sums AS
SELECT
    predictor_sums.extraction_id,
    predictor_sums.layer,
    predictor_sums.sentence_id,
    predictor_sums.predictor_number,
    predictor_sums.predictor_products
FROM model.predictor_sums
JOIN model.extraction ON extraction.extraction_id = predictor_sums.extraction_id
WHERE extraction.extraction_status = 'complete';
