-- How far the attention of two models, or of one to two texts, differs by depth: the paper's Figures 2, 3, 4 and 10.
--
-- Grain: one row per comparison, two extractions and layer or quarter.
-- Key: comparison, left_extraction_id, right_extraction_id, depth_kind, depth
-- Default: mart.divergence_curve_default. Here condition, method and depth_kind differ from row to row: choose one of
-- each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete. By head (js_nats) only where both have the same heads in a layer: quarters are compared after averaging over
-- their layers and heads.
-- Caveats: jeffreys_nats leaves out the rows where it is infinite; jeffreys_infinite_count says how many these are. Rows
-- that are all zero on one side cannot be compared and are left out of everything; zero_row_count says how many.
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.1; Jensen-Shannon as in their code, Jeffreys as printed.
-- Read by: people, BI tools, warehouse show attention-divergence.
CREATE VIEW mart.divergence_curve AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.left_condition)
    AND shown.depth_kind = 'layer' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        curve.comparison,
        curve.left_model,
        curve.left_condition,
        curve.right_model,
        curve.right_condition,
        curve.method,
        curve.corpus,
        curve.leave_out,
        curve.depth_kind,
        curve.depth,
        CASE WHEN curve.depth_kind = 'layer' THEN fn.relative_depth(curve.depth, curve.layer_count) END AS relative_depth,
        curve.js_nats,
        curve.js_standard_error_nats,
        curve.js_head_averaged_nats,
        curve.js_head_averaged_standard_error_nats,
        curve.jeffreys_nats,
        curve.jeffreys_infinite_count,
        curve.jeffreys_head_averaged_nats,
        curve.jeffreys_head_averaged_infinite_count,
        curve.zero_row_count,
        curve.head_averaged_zero_row_count,
        curve.sentence_count,
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY[curve.left_extraction_id, curve.right_extraction_id], curve.corpus_id, curve.leave_out
        ) AS warning) AS usage_warnings,
        curve.run_id,
        curve.left_extraction_id,
        curve.right_extraction_id
    FROM (
        -- means over sentences, with the names in hand, as in slice.layer_curve
        SELECT
            max(attention_divergence.run_id) AS run_id,
            attention_divergence.comparison,
            left_side.extraction_id AS left_extraction_id,
            right_side.extraction_id AS right_extraction_id,
            attention_divergence.depth_kind,
            attention_divergence.depth,
            attention_divergence.leave_out,
            left_model.model AS left_model,
            left_model.layer_count,
            left_condition.condition AS left_condition,
            right_model.model AS right_model,
            right_condition.condition AS right_condition,
            left_side.method,
            corpus.corpus_id,
            corpus.corpus,
            avg(attention_divergence.js_nats ORDER BY attention_divergence.sentence_id) AS js_nats,
            stddev_samp(attention_divergence.js_nats ORDER BY attention_divergence.sentence_id)
            / sqrt(count(attention_divergence.js_nats)) AS js_standard_error_nats,
            avg(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.sentence_id) AS js_head_averaged_nats,
            stddev_samp(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.sentence_id)
            / sqrt(count(attention_divergence.js_head_averaged_nats)) AS js_head_averaged_standard_error_nats,
            avg(attention_divergence.jeffreys_nats ORDER BY attention_divergence.sentence_id) AS jeffreys_nats,
            sum(attention_divergence.jeffreys_infinite_count)::integer AS jeffreys_infinite_count,
            avg(attention_divergence.jeffreys_head_averaged_nats ORDER BY attention_divergence.sentence_id) AS jeffreys_head_averaged_nats,
            sum(attention_divergence.jeffreys_head_averaged_infinite_count)::integer AS jeffreys_head_averaged_infinite_count,
            sum(attention_divergence.zero_row_count)::integer AS zero_row_count,
            sum(attention_divergence.head_averaged_zero_row_count)::integer AS head_averaged_zero_row_count,
            count(*)::integer AS sentence_count
        FROM current.attention_divergence
        JOIN model.extraction AS left_side ON left_side.extraction_id = attention_divergence.left_extraction_id
        JOIN model.extraction AS right_side ON right_side.extraction_id = attention_divergence.right_extraction_id
        JOIN model.language_model AS left_model ON left_model.language_model_id = left_side.language_model_id
        JOIN model.language_model AS right_model ON right_model.language_model_id = right_side.language_model_id
        JOIN model.condition AS left_condition ON left_condition.condition_id = left_side.condition_id
        JOIN model.condition AS right_condition ON right_condition.condition_id = right_side.condition_id
        JOIN stimulus.corpus ON corpus.corpus_id = left_side.corpus_id
        WHERE jsonb_array_length(attention_divergence.leave_out) < 1
        GROUP BY
            attention_divergence.comparison,
            attention_divergence.depth_kind,
            attention_divergence.depth,
            attention_divergence.leave_out,
            left_side.extraction_id,
            right_side.extraction_id,
            left_model.language_model_id,
            right_model.language_model_id,
            left_condition.condition_id,
            right_condition.condition_id,
            corpus.corpus_id
    ) AS curve
) AS shown;
