-- Which extractions are compared with which, and in what the two differ.
--
-- scale: the next larger size of the same family and stage, same condition. Models with the same layers and heads are of
-- one size (their vocabularies may differ); larger is who has more parameters. Tuned models of several recipes and sizes
-- are paired across recipes too, unless each recipe has a family of its own.
-- tuning: a base model and one tuned from it, same condition.
-- instruction: the same model without and with a prefix; the condition noise is the control.
-- reference: the pairs of model.reference_pair, same condition.
--
-- Grain: one row per comparison, left and right extraction; both are of the same corpus and method.
-- Leaves out: extractions that are not complete; from scale, models whose number of parameters is not known.
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.
-- Read by: slice.extraction_pair, slice.divergence_comparison.
CREATE VIEW current.extraction_pair AS
WITH
taken AS (
    SELECT
        extraction.extraction_id,
        extraction.corpus_id,
        extraction.method,
        extraction.condition_id,
        condition.condition,
        extraction.language_model_id,
        language_model.model,
        language_model.family,
        language_model.stage,
        language_model.base_model_id,
        language_model.parameter_count,
        language_model.layer_count,
        language_model.head_count,
        extraction.layers,
        extraction.digest,
        extraction.kept,
        dense_rank() OVER (
            ORDER BY
                extraction.corpus_id,
                extraction.method,
                extraction.condition_id,
                language_model.family,
                language_model.stage,
                language_model.layer_count,
                language_model.head_count
        ) AS size
    FROM model.extraction
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    WHERE fn.is_complete(extraction.extraction_status)
),

size_range AS (
    SELECT
        size,
        corpus_id,
        method,
        condition_id,
        family,
        stage,
        min(parameter_count) AS least,
        max(parameter_count) AS most
    FROM taken
    GROUP BY size, corpus_id, method, condition_id, family, stage
),

-- every larger size, not only the next; by sizes first, since a family may have thousands of checkpoints of one
larger AS (
    SELECT
        smaller.extraction_id AS left_extraction_id,
        bigger.extraction_id AS right_extraction_id
    FROM size_range AS small_size
    JOIN size_range AS big_size
        ON
            big_size.corpus_id = small_size.corpus_id
            AND big_size.method = small_size.method
            AND big_size.condition_id = small_size.condition_id
            AND big_size.family = small_size.family
            AND big_size.stage = small_size.stage
            AND big_size.size <> small_size.size
            AND big_size.most > small_size.least
    JOIN taken AS smaller ON smaller.size = small_size.size
    JOIN taken AS bigger ON bigger.size = big_size.size AND bigger.parameter_count > smaller.parameter_count
),

pair AS (
    SELECT
        'scale' AS comparison,
        larger.left_extraction_id,
        larger.right_extraction_id
    FROM larger
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM larger AS to_between
            JOIN larger AS from_between ON from_between.left_extraction_id = to_between.right_extraction_id
            WHERE
                to_between.left_extraction_id = larger.left_extraction_id
                AND from_between.right_extraction_id = larger.right_extraction_id
        )
    UNION ALL
    SELECT
        'tuning' AS comparison,
        base.extraction_id AS left_extraction_id,
        tuned.extraction_id AS right_extraction_id
    FROM taken AS base
    JOIN taken AS tuned
        ON
            tuned.base_model_id = base.language_model_id
            AND tuned.corpus_id = base.corpus_id
            AND tuned.method = base.method
            AND tuned.condition_id = base.condition_id
    UNION ALL
    SELECT
        'instruction' AS comparison,
        plain.extraction_id AS left_extraction_id,
        prefixed.extraction_id AS right_extraction_id
    FROM taken AS plain
    JOIN taken AS prefixed
        ON
            prefixed.language_model_id = plain.language_model_id
            AND prefixed.corpus_id = plain.corpus_id
            AND prefixed.method = plain.method
    WHERE plain.condition = 'plain' AND prefixed.condition <> 'plain'
    UNION ALL
    SELECT
        'reference' AS comparison,
        one.extraction_id AS left_extraction_id,
        other.extraction_id AS right_extraction_id
    FROM model.reference_pair
    JOIN taken AS one ON one.language_model_id = reference_pair.left_model_id
    JOIN taken AS other
        ON
            other.language_model_id = reference_pair.right_model_id
            AND other.corpus_id = one.corpus_id
            AND other.method = one.method
            AND other.condition_id = one.condition_id
)

SELECT
    pair.comparison,
    pair.left_extraction_id,
    pair.right_extraction_id,
    left_side.corpus_id,
    corpus.corpus,
    left_side.method,
    left_side.language_model_id AS left_model_id,
    right_side.language_model_id AS right_model_id,
    left_side.model AS left_model,
    right_side.model AS right_model,
    left_side.condition AS left_condition,
    right_side.condition AS right_condition,
    left_side.layer_count AS left_layer_count,
    right_side.layer_count AS right_layer_count,
    left_side.head_count AS left_head_count,
    right_side.head_count AS right_head_count,
    left_side.layers AS left_layers,
    right_side.layers AS right_layers,
    left_side.digest AS left_digest,
    right_side.digest AS right_digest,
    left_side.kept AS left_kept,
    right_side.kept AS right_kept
FROM pair
JOIN taken AS left_side ON left_side.extraction_id = pair.left_extraction_id
JOIN taken AS right_side ON right_side.extraction_id = pair.right_extraction_id
JOIN stimulus.corpus ON corpus.corpus_id = left_side.corpus_id;
