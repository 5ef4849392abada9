-- The layers that can be asked of: every layer of every complete extraction, with the names to choose them by.
--
-- Grain: one row per extraction and layer.
-- Leaves out: extractions that are not complete.
-- Read by: the plan of human_resemblance.
CREATE VIEW slice.extraction_layer AS
SELECT
    extraction.extraction_id,
    extraction.corpus_id,
    held.layer,
    language_model.model,
    condition.condition,
    extraction.method,
    extraction.digest,
    extraction.kept,
    extraction.summed_by
FROM model.extraction
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
CROSS JOIN LATERAL unnest(extraction.layers) AS held (layer)
WHERE extraction.extraction_status = 'complete';
