-- Claims about trivial patterns: whether L2 readers follow them more, larger models less, tuned models more.
--
-- Here: in-sample R2. Corrected: R2 on articles that were held out, with a two-sided p, as the interval is. Of models
-- there is a test in each quarter of the layers of each pair (mart.reliance_difference), and none of them all.
--
-- Grain: one row per claim, corpus and, of readers, measure; plain text, raw attention, no sentence left out.
-- Leaves out: runs that are not done, superseded units; other sets of patterns; measures other than saccade counts.
-- Source: Gao et al. 2023 (EMNLP Findings), section on trivial patterns, Figures 8 and 9.
-- Read by: mart.claim.
CREATE VIEW slice.claim_reliance AS
SELECT
    'second_language_relies_on_patterns' AS claim,
    'all' AS language_group,
    reliance_test.corpus_id,
    reliance_test.measure_id,
    reliance_test.r2_difference AS value_here,
    reliance_test.p_greater AS value_p,
    reliance_test.cv_r2_difference AS corrected_value,
    2 * LEAST(reliance_test.cv_p_greater, 1 - reliance_test.cv_p_greater) AS corrected_p,
    reliance_test.cv_interval_low AS corrected_low,
    reliance_test.cv_interval_high AS corrected_high,
    NULL::double precision AS p_equivalence,
    NULL::double precision AS beyond_value,
    NULL::double precision AS beyond_p,
    NULL::double precision AS beyond_low,
    NULL::double precision AS beyond_high,
    NULL::integer AS model_count,
    NULL::integer AS aligned_count,
    reliance_test.left_count + reliance_test.right_count AS subject_count,
    1 AS test_count,
    reliance_test.missing_because,
    ARRAY[reliance_test.run_id] AS run_ids,
    '{}'::integer[] AS extraction_ids
FROM current.reliance_test
JOIN human.measure ON measure.measure_id = reliance_test.measure_id
WHERE
    reliance_test.left_group = 'L1'
    AND reliance_test.right_group = 'L2'
    AND reliance_test.pattern_set = 'trivial'
    AND reliance_test.leave_out = '[]'
    AND measure.quantity = 'saccade_count'
UNION ALL
SELECT
    CASE reliance_difference.comparison WHEN 'scale' THEN 'scale_lowers_reliance' ELSE 'tuning_raises_reliance' END AS claim,
    'all' AS language_group,
    reliance_difference.corpus_id,
    NULL AS measure_id,
    avg(reliance_difference.r2_difference ORDER BY reliance_difference.r2_difference) AS value_here,
    NULL AS value_p,
    avg(reliance_difference.cv_r2_difference ORDER BY reliance_difference.cv_r2_difference) FILTER (
        WHERE left_side.alignment = 'word' AND right_side.alignment = 'word'
    ) AS corrected_value,
    NULL AS corrected_p,
    NULL AS corrected_low,
    NULL AS corrected_high,
    NULL AS p_equivalence,
    NULL AS beyond_value,
    NULL AS beyond_p,
    NULL AS beyond_low,
    NULL AS beyond_high,
    count(DISTINCT reliance_difference.right_extraction_id)::integer AS model_count,
    count(DISTINCT reliance_difference.right_extraction_id) FILTER (
        WHERE left_side.alignment = 'word' AND right_side.alignment = 'word'
    )::integer AS aligned_count,
    NULL AS subject_count,
    1 AS test_count,
    NULL AS missing_because,
    array_agg(DISTINCT reliance_difference.run_id ORDER BY reliance_difference.run_id) AS run_ids,
    array_agg(DISTINCT reliance_difference.left_extraction_id) || array_agg(DISTINCT reliance_difference.right_extraction_id)
        AS extraction_ids
FROM current.reliance_difference
JOIN model.extraction AS left_side ON left_side.extraction_id = reliance_difference.left_extraction_id
JOIN model.extraction AS right_side ON right_side.extraction_id = reliance_difference.right_extraction_id
JOIN model.condition ON condition.condition_id = left_side.condition_id
WHERE
    condition.condition = 'plain'
    AND left_side.method = 'raw'
    AND reliance_difference.leave_out = '[]'
    AND reliance_difference.pattern_set = 'trivial'
    AND reliance_difference.comparison IN ('scale', 'tuning')
GROUP BY reliance_difference.comparison, reliance_difference.corpus_id;
