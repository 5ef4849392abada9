-- Whether two models differ more than a reference pair, an instruction moves attention more than noise, or a tuned model
-- is moved more than its base: paired t-tests over sentences.
--
-- Grain: one row per comparison, two extractions, pair tested against, layer or quarter, kind of divergence. The layers
-- (or quarters) of one pair are one family: corrected as in the paper (Bonferroni), by Holm and by Benjamini and
-- Hochberg.
-- Key: comparison, left_extraction_id, right_extraction_id, against, reference_left_extraction_id,
-- reference_right_extraction_id, depth_kind, depth, divergence_kind
-- Default: mart.divergence_test_default. Here condition, method, depth_kind and divergence_kind differ from row to row:
-- choose one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete.
-- Caveats: sentences of one article are not independent; js_nats is the mean over heads, js_head_averaged_nats another
-- quantity: attention averaged first.
-- Source: Gao et al. 2023 (EMNLP Findings), sections 4.1 and 4.2.
-- Read by: people, BI tools, warehouse show divergence-significance.
CREATE VIEW mart.divergence_test AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.left_condition)
    AND shown.depth_kind = 'layer'
    AND shown.divergence_kind = 'js_nats' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        divergence_test.comparison,
        left_model.model AS left_model,
        left_condition.condition AS left_condition,
        right_model.model AS right_model,
        right_condition.condition AS right_condition,
        divergence_test.against,
        reference_left_model.model AS reference_left_model,
        reference_right_model.model AS reference_right_model,
        reference_right_condition.condition AS reference_right_condition,
        left_side.method,
        corpus.corpus,
        divergence_test.leave_out,
        divergence_test.depth_kind,
        divergence_test.depth,
        CASE
            WHEN divergence_test.depth_kind = 'layer' THEN fn.relative_depth(divergence_test.depth, left_model.layer_count)
        END AS relative_depth,
        divergence_test.divergence_kind,
        divergence_test.mean_difference_nats,
        divergence_test.t_statistic,
        divergence_test.effect_size,
        divergence_test.effect_low,
        divergence_test.effect_high,
        divergence_test.p_value,
        divergence_test.p_bonferroni,
        divergence_test.p_holm,
        divergence_test.p_benjamini_hochberg,
        divergence_test.sentence_count,
        divergence_test.missing_because,
        ARRAY(SELECT warning FROM fn.joint_usage_warnings(
            ARRAY[
                divergence_test.left_extraction_id,
                divergence_test.right_extraction_id,
                divergence_test.reference_left_extraction_id,
                divergence_test.reference_right_extraction_id
            ],
            left_side.corpus_id,
            divergence_test.leave_out
        ) AS warning) AS usage_warnings,
        divergence_test.run_id,
        divergence_test.left_extraction_id,
        divergence_test.right_extraction_id,
        divergence_test.reference_left_extraction_id,
        divergence_test.reference_right_extraction_id
    FROM current.divergence_test
    JOIN model.extraction AS left_side ON left_side.extraction_id = divergence_test.left_extraction_id
    JOIN model.extraction AS right_side ON right_side.extraction_id = divergence_test.right_extraction_id
    JOIN model.extraction AS reference_left ON reference_left.extraction_id = divergence_test.reference_left_extraction_id
    JOIN model.extraction AS reference_right ON reference_right.extraction_id = divergence_test.reference_right_extraction_id
    JOIN model.language_model AS left_model ON left_model.language_model_id = left_side.language_model_id
    JOIN model.language_model AS right_model ON right_model.language_model_id = right_side.language_model_id
    JOIN model.language_model AS reference_left_model
        ON reference_left_model.language_model_id = reference_left.language_model_id
    JOIN model.language_model AS reference_right_model
        ON reference_right_model.language_model_id = reference_right.language_model_id
    JOIN model.condition AS left_condition ON left_condition.condition_id = left_side.condition_id
    JOIN model.condition AS right_condition ON right_condition.condition_id = right_side.condition_id
    JOIN model.condition AS reference_right_condition
        ON reference_right_condition.condition_id = reference_right.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = left_side.corpus_id
    WHERE jsonb_array_length(divergence_test.leave_out) < 1
) AS shown;
