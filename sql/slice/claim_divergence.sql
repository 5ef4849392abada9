-- Claims about how far attention differs: by scale and by tuning, and between plain text and instructions.
--
-- Here: heads averaged, quarters of the layers. Corrected, for instructions: what the prefix does beyond what noise as
-- prefix does. There is no test of the means over pairs; those of single pairs are in mart.divergence_test.
--
-- Grain: one row per claim and corpus; raw attention, no sentence left out.
-- Leaves out: runs that are not done, superseded units.
-- Source: Gao et al. 2023 (EMNLP Findings), Figures 2 to 4 and 10.
-- Read by: mart.claim.
CREATE VIEW slice.claim_divergence AS
SELECT
    'scale_changes_more_than_tuning' AS claim,
    'all' AS language_group,
    pair.corpus_id,
    NULL::smallint AS measure_id,
    avg(pair.js_nats ORDER BY pair.js_nats) FILTER (WHERE pair.comparison = 'scale')
    - avg(pair.js_nats ORDER BY pair.js_nats) FILTER (WHERE pair.comparison = 'tuning') AS value_here,
    NULL::double precision AS value_p,
    NULL::double precision AS corrected_value,
    NULL::double precision AS corrected_p,
    NULL::double precision AS corrected_low,
    NULL::double precision AS corrected_high,
    NULL::double precision AS p_equivalence,
    NULL::double precision AS beyond_value,
    NULL::double precision AS beyond_p,
    NULL::double precision AS beyond_low,
    NULL::double precision AS beyond_high,
    count(DISTINCT pair.right_extraction_id)::integer AS model_count,
    count(DISTINCT pair.right_extraction_id) FILTER (WHERE pair.is_aligned)::integer AS aligned_count,
    NULL::integer AS subject_count,
    1 AS test_count,
    CASE WHEN count(DISTINCT pair.comparison) < 2 THEN 'pairs that differ in size, or in tuning, are not there' END
        AS missing_because,
    array_agg(DISTINCT pair.run_id ORDER BY pair.run_id) AS run_ids,
    array_agg(DISTINCT pair.left_extraction_id) || array_agg(DISTINCT pair.right_extraction_id) AS extraction_ids
FROM (
    -- mean over the quarters of the layers
    SELECT
        attention_divergence.comparison,
        attention_divergence.left_extraction_id,
        attention_divergence.right_extraction_id,
        right_side.corpus_id,
        left_side.alignment = 'word' AND right_side.alignment = 'word' AS is_aligned,
        max(attention_divergence.run_id) AS run_id,
        avg(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.js_head_averaged_nats) AS js_nats
    FROM current.attention_divergence
    JOIN model.extraction AS left_side ON left_side.extraction_id = attention_divergence.left_extraction_id
    JOIN model.extraction AS right_side ON right_side.extraction_id = attention_divergence.right_extraction_id
    JOIN model.condition ON condition.condition_id = right_side.condition_id
    WHERE
        attention_divergence.depth_kind = 'quarter'
        AND attention_divergence.leave_out = '[]'
        AND attention_divergence.comparison IN ('scale', 'tuning')
        AND right_side.method = 'raw'
        AND condition.condition = 'plain'
    GROUP BY
        attention_divergence.comparison,
        attention_divergence.left_extraction_id,
        attention_divergence.right_extraction_id,
        left_side.extraction_id,
        right_side.extraction_id
) AS pair
GROUP BY pair.corpus_id
UNION ALL
SELECT
    'tuning_raises_sensitivity' AS claim,
    'all' AS language_group,
    instructed.corpus_id,
    NULL AS measure_id,
    avg(instructed.js_nats ORDER BY instructed.js_nats) FILTER (WHERE instructed.stage = 'tuned')
    - avg(instructed.js_nats ORDER BY instructed.js_nats) FILTER (WHERE instructed.stage = 'pretrained') AS value_here,
    NULL AS value_p,
    avg(instructed.js_nats - noise.js_nats ORDER BY instructed.js_nats - noise.js_nats) FILTER (
        WHERE instructed.stage = 'tuned'
    )
    - avg(instructed.js_nats - noise.js_nats ORDER BY instructed.js_nats - noise.js_nats) FILTER (
        WHERE instructed.stage = 'pretrained'
    ) AS corrected_value,
    NULL AS corrected_p,
    NULL AS corrected_low,
    NULL AS corrected_high,
    NULL AS p_equivalence,
    NULL AS beyond_value,
    NULL AS beyond_p,
    NULL AS beyond_low,
    NULL AS beyond_high,
    count(DISTINCT instructed.language_model_id) FILTER (WHERE instructed.stage = 'tuned')::integer AS model_count,
    count(DISTINCT instructed.language_model_id) FILTER (
        WHERE instructed.stage = 'tuned' AND instructed.is_aligned
    )::integer AS aligned_count,
    NULL AS subject_count,
    1 AS test_count,
    NULL AS missing_because,
    array_agg(DISTINCT instructed.run_id ORDER BY instructed.run_id) AS run_ids,
    array_agg(DISTINCT instructed.right_extraction_id) AS extraction_ids
FROM (
    -- mean over the sentences of the last quarter of the layers
    SELECT
        attention_divergence.right_extraction_id,
        extraction.corpus_id,
        extraction.language_model_id,
        language_model.stage,
        extraction.alignment = 'word' AS is_aligned,
        max(attention_divergence.run_id) AS run_id,
        avg(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.js_head_averaged_nats) AS js_nats
    FROM current.attention_divergence
    JOIN model.extraction ON extraction.extraction_id = attention_divergence.right_extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    WHERE
        attention_divergence.comparison = 'instruction'
        AND attention_divergence.depth_kind = 'quarter'
        AND attention_divergence.depth = 3
        AND attention_divergence.leave_out = '[]'
        AND extraction.method = 'raw'
        AND condition.condition <> 'noise'
    GROUP BY attention_divergence.right_extraction_id, extraction.extraction_id, language_model.language_model_id
) AS instructed
LEFT JOIN (
    SELECT
        extraction.corpus_id,
        extraction.language_model_id,
        avg(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.js_head_averaged_nats) AS js_nats
    FROM current.attention_divergence
    JOIN model.extraction ON extraction.extraction_id = attention_divergence.right_extraction_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    WHERE
        attention_divergence.comparison = 'instruction'
        AND attention_divergence.depth_kind = 'quarter'
        AND attention_divergence.depth = 3
        AND attention_divergence.leave_out = '[]'
        AND extraction.method = 'raw'
        AND condition.condition = 'noise'
    GROUP BY extraction.corpus_id, extraction.language_model_id
) AS noise ON noise.corpus_id = instructed.corpus_id AND noise.language_model_id = instructed.language_model_id
GROUP BY instructed.corpus_id;
