-- Extractions with the names of what they are of: model, condition and corpus, and how large the model is.
--
-- Grain: one row per extraction that is complete.
-- Leaves out: extractions that are not complete.
-- Read by: the views of mart that show results of an extraction by name. Written out are these joins where a plan became
-- slower with them: mart.resemblance_interval, mart.reader_unique_variance.
CREATE VIEW current.named_extraction AS
SELECT
    extraction.extraction_id,
    extraction.language_model_id,
    extraction.condition_id,
    extraction.corpus_id,
    extraction.method,
    extraction.alignment,
    extraction.is_causal,
    language_model.model,
    language_model.family,
    language_model.stage,
    language_model.parameter_count,
    language_model.layer_count,
    language_model.head_count,
    condition.condition,
    corpus.corpus
FROM model.extraction
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
JOIN stimulus.corpus ON corpus.corpus_id = extraction.corpus_id
WHERE fn.is_complete(extraction.extraction_status);
