-- The attention there is: which model over which corpus, after which text, taken how.
--
-- Grain: one row per extraction.
-- Key: extraction_id
-- Leaves out: extractions that are not complete.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.extraction AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.layers, ', '), '') AS layers_text,
    fn.is_default(method => shown.method, condition => shown.condition) AS is_default,
    NOT shown.usage_warnings @> '{not_word_aligned}' AS is_word_aligned,
    shown.usage_warnings @> '{partial_coverage}' AS is_partial,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        language_model.model,
        condition.condition,
        extraction.method,
        corpus.corpus,
        condition.prefix,
        condition.suffix,
        condition.is_chat,
        condition.system_text,
        condition.context,
        extraction.alignment,
        extraction.dtype,
        extraction.is_causal,
        extraction.layers::integer[] AS layers,
        extraction.kept,
        extraction.summed_by,
        extraction.stored_as,
        language_model.layer_count,
        language_model.head_count,
        ARRAY(SELECT warning FROM fn.usage_warnings(extraction.extraction_id, NULL, NULL, NULL) AS warning) AS usage_warnings,
        extraction.completed_at,
        extraction.run_id,
        extraction.extraction_id
    FROM model.extraction
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = extraction.corpus_id
    WHERE extraction.extraction_status = 'complete'
) AS shown;
