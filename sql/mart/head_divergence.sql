-- Which heads differ between two models of equal depth and heads, or in one model between two texts.
--
-- Grain: one row per comparison, two extractions, layer, head; means over sentences.
-- Key: comparison, left_extraction_id, right_extraction_id, layer, head
-- Default: mart.head_divergence_default. Here condition and method differ from row to row: choose one of each before you
-- average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, models of different heads.
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.1.
-- Read by: people and BI tools.
CREATE VIEW mart.head_divergence AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.left_condition) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text
FROM (
    SELECT
        head_divergence.comparison,
        left_model.model AS left_model,
        left_condition.condition AS left_condition,
        right_model.model AS right_model,
        right_condition.condition AS right_condition,
        left_side.method,
        corpus.corpus,
        head_divergence.leave_out,
        head_divergence.depth AS layer,
        fn.relative_depth(head_divergence.depth, left_model.layer_count) AS relative_depth,
        head_divergence.head,
        head_divergence.js_nats,
        head_divergence.sentence_count,
        head_divergence.zero_row_count,
        head_divergence.run_id,
        head_divergence.left_extraction_id,
        head_divergence.right_extraction_id
    FROM current.head_divergence
    JOIN model.extraction AS left_side ON left_side.extraction_id = head_divergence.left_extraction_id
    JOIN model.extraction AS right_side ON right_side.extraction_id = head_divergence.right_extraction_id
    JOIN model.language_model AS left_model ON left_model.language_model_id = left_side.language_model_id
    JOIN model.language_model AS right_model ON right_model.language_model_id = right_side.language_model_id
    JOIN model.condition AS left_condition ON left_condition.condition_id = left_side.condition_id
    JOIN model.condition AS right_condition ON right_condition.condition_id = right_side.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = left_side.corpus_id
    WHERE jsonb_array_length(head_divergence.leave_out) < 1
) AS shown;
