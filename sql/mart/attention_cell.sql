-- What one head attends to, word by word, with the words: one cell of its matrix a row.
--
-- Grain: one row per model, condition, method, layer, head and word pair that is stored: the lower triangle with the
-- diagonal for causal models, all pairs for encoders (is_causal).
-- Key: extraction_id, layer, head, sentence_id, from_word, to_word
-- Leaves out: extractions that are not complete; what attention gave to no word (model.attention_sink).
-- Caveats: choose extraction or model, and layer; all cells of a study are hundreds of millions. Weights stand as
-- delivered: a row of a matrix sums to 1 only with its attention_sink.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.attention_cell AS
SELECT
    language_model.model,
    condition.condition,
    extraction.method,
    corpus.corpus,
    attention.layer,
    fn.relative_depth(attention.layer, language_model.layer_count) AS relative_depth,
    head.number::smallint AS head,
    sentence.sentence_label,
    attention.from_word,
    attention.to_word,
    from_side.word_text AS from_text,
    to_side.word_text AS to_text,
    attention.to_word <= attention.from_word AS is_causal,
    -- a subscript, not unnest, which would make every head of a row to show one
    COALESCE(attention.weights[head.number + 1], fn.half_weight(attention.half_weights, head.number)) AS weight,
    attention.extraction_id,
    attention.sentence_id
FROM model.extraction
JOIN model.attention ON attention.extraction_id = extraction.extraction_id
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN model.condition ON condition.condition_id = extraction.condition_id
LEFT JOIN stimulus.corpus ON corpus.corpus_id = extraction.corpus_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = attention.sentence_id
LEFT JOIN stimulus.word AS from_side
    ON from_side.sentence_id = attention.sentence_id AND from_side.word_position = attention.from_word
LEFT JOIN stimulus.word AS to_side
    ON to_side.sentence_id = attention.sentence_id AND to_side.word_position = attention.to_word
-- one head a row: the heads of the model, made once; a method of one map a layer has fewer weights
CROSS JOIN generate_series(0, language_model.head_count - 1) AS head (number)
WHERE
    extraction.extraction_status = 'complete'
    AND head.number < COALESCE(cardinality(attention.weights), octet_length(attention.half_weights) / 2);
