-- Claims about tuning: what it changes about resemblance, on average over tuned models, in percent of the ceiling.
--
-- Here: each model at its best layer in-sample. Corrected: pairs of models that are aligned to words, each model at the
-- layer chosen on other articles, over a ceiling of the same held-out articles; paired by reader. Beyond: likewise, of
-- what heads add to position and word length. The corrected p is that
-- of a family: the groups of readers that the claim is made of.
--
-- Grain: one row per claim, group of readers, corpus and measure; plain text, raw attention, no sentence left out.
-- Leaves out: runs that are not done, superseded units; measures other than saccade counts.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 1.
-- Read by: mart.claim.
CREATE VIEW slice.claim_tuning AS
SELECT
    'resemblance_falls_with_tuning' AS claim,
    paper.language_group,
    paper.corpus_id,
    paper.measure_id,
    100 * paper.difference AS value_here,
    paper.p_value AS value_p,
    100 * corrected.difference AS corrected_value,
    CASE WHEN corrected.p_value IS NOT NULL THEN LEAST(1.0, corrected.p_value * family.test_count) END AS corrected_p,
    100 * corrected.interval_low AS corrected_low,
    100 * corrected.interval_high AS corrected_high,
    corrected.p_equivalence,
    100 * beyond.difference AS beyond_value,
    CASE WHEN beyond.p_value IS NOT NULL THEN LEAST(1.0, beyond.p_value * family.test_count) END AS beyond_p,
    100 * beyond.interval_low AS beyond_low,
    100 * beyond.interval_high AS beyond_high,
    paper.model_count,
    COALESCE(corrected.model_count, 0) AS aligned_count,
    corrected.subject_count,
    family.test_count,
    COALESCE(paper.missing_because, corrected.missing_because) AS missing_because,
    ARRAY[paper.run_id] AS run_ids,
    ARRAY(
        SELECT unnest(ARRAY[extraction_pair.left_extraction_id, extraction_pair.right_extraction_id])
        FROM current.extraction_pair
        WHERE
            extraction_pair.comparison = 'tuning'
            AND extraction_pair.corpus_id = paper.corpus_id
            AND extraction_pair.method = paper.method
            AND extraction_pair.left_condition = 'plain'
    ) AS extraction_ids
FROM current.tuning_effect AS paper
JOIN model.condition ON condition.condition_id = paper.condition_id
JOIN human.measure ON measure.measure_id = paper.measure_id
JOIN (SELECT claim, count(*)::integer AS test_count FROM result.claim GROUP BY claim) AS family
    ON family.claim = 'resemblance_falls_with_tuning'
LEFT JOIN current.tuning_effect AS corrected
    ON
        corrected.run_id = paper.run_id
        AND corrected.corpus_id = paper.corpus_id
        AND corrected.condition_id = paper.condition_id
        AND corrected.method = paper.method
        AND corrected.measure_id = paper.measure_id
        AND corrected.language_group = paper.language_group
        AND corrected.score_kind = 'nested_resemblance'
        AND corrected.tuned_model = 'word-aligned'
LEFT JOIN current.tuning_effect AS beyond
    ON
        beyond.run_id = paper.run_id
        AND beyond.corpus_id = paper.corpus_id
        AND beyond.condition_id = paper.condition_id
        AND beyond.method = paper.method
        AND beyond.measure_id = paper.measure_id
        AND beyond.language_group = paper.language_group
        AND beyond.score_kind = 'unique_resemblance'
        AND beyond.tuned_model = 'word-aligned'
WHERE
    condition.condition = 'plain'
    AND paper.method = 'raw'
    AND paper.leave_out = '[]'
    AND paper.score_kind = 'resemblance'
    AND paper.tuned_model = 'all'
    AND measure.quantity = 'saccade_count';
