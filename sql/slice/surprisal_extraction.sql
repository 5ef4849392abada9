-- The extractions that have the surprisal of words, with the names to choose them by.
--
-- Grain: one row per extraction.
-- Leaves out: extractions that are not complete, and those whose loss was not taken.
-- Read by: the plan of surprisal_fit.
CREATE VIEW slice.surprisal_extraction AS
SELECT
    extraction.extraction_id,
    extraction.corpus_id,
    language_model.model,
    condition.condition,
    extraction.method,
    extraction.digest
FROM model.extraction
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
WHERE
    extraction.extraction_status = 'complete'
    AND EXISTS (
        SELECT 1
        FROM model.word_surprisal
        WHERE word_surprisal.extraction_id = extraction.extraction_id
    );
