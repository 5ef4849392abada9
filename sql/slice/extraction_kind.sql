-- The kinds of attention that models can be compared by: taken under one condition by one method.
--
-- Grain: one row per corpus, condition and method.
-- Leaves out: kinds without a complete extraction.
-- Read by: the plans of loss_fit and scale_fit.
CREATE VIEW slice.extraction_kind AS
SELECT DISTINCT
    extraction.corpus_id,
    extraction.condition_id,
    condition.condition,
    extraction.method
FROM model.extraction
JOIN model.condition ON condition.condition_id = extraction.condition_id
WHERE extraction.extraction_status = 'complete';
