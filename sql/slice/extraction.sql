-- The extractions that can be asked of as a whole, with the names to choose them by.
--
-- Grain: one row per extraction.
-- Leaves out: extractions that are not complete.
-- Read by: the plan of group_test.
CREATE VIEW slice.extraction AS
SELECT
    extraction.extraction_id,
    extraction.corpus_id,
    language_model.model,
    condition.condition,
    extraction.method,
    extraction.digest,
    extraction.kept
FROM model.extraction
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
WHERE extraction.extraction_status = 'complete';
