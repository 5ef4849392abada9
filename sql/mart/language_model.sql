-- The language models, with the model that each was tuned from.
--
-- Grain: one row per model.
-- Key: model
-- Leaves out: nothing; a model without attention has extraction_count 0.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.language_model AS
SELECT
    language_model.model,
    language_model.revision,
    language_model.family,
    language_model.stage,
    base.model AS base_model,
    language_model.parameter_count,
    language_model.layer_count,
    language_model.head_count,
    (
        SELECT count(*)::integer
        FROM model.extraction
        WHERE
            extraction.language_model_id = language_model.language_model_id
            AND extraction.extraction_status = 'complete'
    ) AS extraction_count,
    language_model.language_model_id
FROM model.language_model
LEFT JOIN model.language_model AS base ON base.language_model_id = language_model.base_model_id;
