-- Which divergences are tested against which others.
--
-- reference: a pair that differs by scale, tuning or instruction against a named reference pair in the same condition
-- (an instruction: in the condition of its left side).
-- noise: an instruction against the control prefix, same model.
-- base: an instruction's effect on a tuned model against its effect on the base model.
--
-- Grain: one row per pair of current.extraction_pair, pair it is tested against, and kind of depth; layers only where all
-- four models have equally many.
-- Leaves out: reference pairs, which are tested against nothing.
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.1 and 4.2.
-- Read by: the plan of divergence_significance.
CREATE VIEW slice.divergence_comparison AS
WITH
-- looked at once, and not as often as it is named
compared AS MATERIALIZED (
    SELECT
        comparison,
        left_extraction_id,
        right_extraction_id,
        corpus_id,
        corpus,
        method,
        left_model_id,
        left_model,
        right_model,
        left_condition,
        right_condition,
        left_layer_count,
        right_layer_count
    FROM current.extraction_pair
),

facing AS (
    SELECT
        'reference' AS against,
        pair.left_extraction_id,
        pair.right_extraction_id,
        pair.comparison,
        reference.left_extraction_id AS reference_left_extraction_id,
        reference.right_extraction_id AS reference_right_extraction_id,
        reference.comparison AS reference_comparison
    FROM compared AS pair
    JOIN compared AS reference
        ON
            reference.corpus_id = pair.corpus_id
            AND reference.method = pair.method
            AND reference.left_condition = pair.left_condition
    WHERE pair.comparison <> 'reference' AND reference.comparison = 'reference'
    UNION ALL
    SELECT
        'noise' AS against,
        pair.left_extraction_id,
        pair.right_extraction_id,
        pair.comparison,
        control.left_extraction_id AS reference_left_extraction_id,
        control.right_extraction_id AS reference_right_extraction_id,
        control.comparison AS reference_comparison
    FROM compared AS pair
    JOIN compared AS control ON control.left_extraction_id = pair.left_extraction_id
    WHERE
        pair.comparison = 'instruction'
        AND control.comparison = 'instruction'
        AND control.right_condition = 'noise'
        AND pair.right_condition <> 'noise'
    UNION ALL
    SELECT
        'base' AS against,
        tuned.left_extraction_id,
        tuned.right_extraction_id,
        tuned.comparison,
        base.left_extraction_id AS reference_left_extraction_id,
        base.right_extraction_id AS reference_right_extraction_id,
        base.comparison AS reference_comparison
    FROM compared AS tuned
    JOIN model.language_model ON language_model.language_model_id = tuned.left_model_id
    JOIN compared AS base
        ON
            base.left_model_id = language_model.base_model_id
            AND base.corpus_id = tuned.corpus_id
            AND base.method = tuned.method
            AND base.right_condition = tuned.right_condition
    WHERE tuned.comparison = 'instruction' AND base.comparison = 'instruction'
)

SELECT
    facing.against,
    facing.comparison,
    facing.left_extraction_id,
    facing.right_extraction_id,
    facing.reference_comparison,
    facing.reference_left_extraction_id,
    facing.reference_right_extraction_id,
    pair.corpus_id,
    pair.corpus,
    pair.method,
    pair.left_model,
    pair.right_model,
    pair.left_condition,
    pair.right_condition,
    reference.left_model AS reference_left_model,
    reference.right_model AS reference_right_model,
    reference.right_condition AS reference_right_condition,
    kind.depth_kind
FROM facing
JOIN compared AS pair
    ON
        pair.comparison = facing.comparison
        AND pair.left_extraction_id = facing.left_extraction_id
        AND pair.right_extraction_id = facing.right_extraction_id
JOIN compared AS reference
    ON
        reference.comparison = facing.reference_comparison
        AND reference.left_extraction_id = facing.reference_left_extraction_id
        AND reference.right_extraction_id = facing.reference_right_extraction_id
JOIN (VALUES ('layer'), ('quarter')) AS kind (depth_kind)
    ON
        kind.depth_kind = 'quarter'
        OR pair.left_layer_count = pair.right_layer_count
        AND reference.left_layer_count = pair.left_layer_count
        AND reference.right_layer_count = pair.left_layer_count;
