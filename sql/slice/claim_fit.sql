-- Claims about lines over models: resemblance on loss and on size, for saccade counts and for the paper's brain region.
--
-- Here: all models, their best layer in-sample. Corrected: models that are aligned to words, the layer chosen on other
-- articles, over a ceiling of the same held-out articles. Beyond: the same models, what their heads add to position and
-- word length on held-out articles, the layer chosen on other articles. The corrected p is that of a family: the groups of readers that
-- the claim is made of.
--
-- Grain: one row per claim, group of readers, corpus and measure; plain text, raw attention, no sentence left out.
-- Leaves out: runs that are not done, superseded units; brain regions other than the paper's (anterior).
-- Source: Gao et al. 2023 (EMNLP Findings), Figures 5, 7, 13 and 16, and Table 8.
-- Read by: mart.claim.
CREATE VIEW slice.claim_fit AS
SELECT
    claimed.claim,
    paper.language_group,
    paper.corpus_id,
    paper.measure_id,
    paper.pearson_r AS value_here,
    paper.p_value AS value_p,
    corrected.pearson_r AS corrected_value,
    CASE WHEN corrected.p_value IS NOT NULL THEN LEAST(1.0, corrected.p_value * family.test_count) END AS corrected_p,
    corrected.r_low AS corrected_low,
    corrected.r_high AS corrected_high,
    NULL::double precision AS p_equivalence,
    beyond.pearson_r AS beyond_value,
    CASE WHEN beyond.p_value IS NOT NULL THEN LEAST(1.0, beyond.p_value * family.test_count) END AS beyond_p,
    beyond.r_low AS beyond_low,
    beyond.r_high AS beyond_high,
    paper.model_count,
    (
        SELECT count(*)::integer
        FROM model.extraction
        WHERE
            extraction.corpus_id = paper.corpus_id
            AND extraction.condition_id = paper.condition_id
            AND extraction.method = paper.method
            AND extraction.alignment = 'word'
            AND extraction.extraction_status = 'complete'
    ) AS aligned_count,
    NULL::integer AS subject_count,
    family.test_count,
    COALESCE(paper.missing_because, corrected.missing_because) AS missing_because,
    ARRAY[paper.run_id] AS run_ids,
    ARRAY(
        SELECT extraction.extraction_id
        FROM model.extraction
        WHERE
            extraction.corpus_id = paper.corpus_id
            AND extraction.condition_id = paper.condition_id
            AND extraction.method = paper.method
            AND extraction.extraction_status = 'complete'
    ) AS extraction_ids
FROM current.model_fit AS paper
JOIN current.model_fit AS corrected
    ON
        corrected.corpus_id = paper.corpus_id
        AND corrected.condition_id = paper.condition_id
        AND corrected.method = paper.method
        AND corrected.measure_id = paper.measure_id
        AND corrected.language_group = paper.language_group
        AND corrected.predictor = paper.predictor
        AND corrected.leave_out = paper.leave_out
LEFT JOIN current.model_fit AS beyond
    ON
        beyond.run_id = corrected.run_id
        AND beyond.corpus_id = corrected.corpus_id
        AND beyond.condition_id = corrected.condition_id
        AND beyond.method = corrected.method
        AND beyond.measure_id = corrected.measure_id
        AND beyond.language_group = corrected.language_group
        AND beyond.model_choice = corrected.model_choice
        AND beyond.predictor = corrected.predictor
        AND beyond.score_kind = 'unique_resemblance'
JOIN model.condition ON condition.condition_id = paper.condition_id
JOIN human.measure ON measure.measure_id = paper.measure_id
JOIN (
    SELECT 'loss' AS predictor, 'saccade_count' AS quantity, 'loss_goes_with_resemblance' AS claim
    UNION ALL
    SELECT 'loss' AS predictor, 'roi_value' AS quantity, 'fmri_agrees_on_loss' AS claim
    UNION ALL
    SELECT 'log_parameter_count' AS predictor, 'saccade_count' AS quantity, 'resemblance_rises_with_scale' AS claim
    UNION ALL
    SELECT 'log_parameter_count' AS predictor, 'roi_value' AS quantity, 'fmri_agrees_on_scale' AS claim
) AS claimed ON claimed.predictor = paper.predictor AND claimed.quantity = measure.quantity
JOIN (SELECT claim, count(*)::integer AS test_count FROM result.claim GROUP BY claim) AS family ON family.claim = claimed.claim
LEFT JOIN human.region ON region.region_id = measure.region_id
WHERE
    condition.condition = 'plain'
    AND paper.method = 'raw'
    AND paper.leave_out = '[]'
    AND paper.model_choice = 'all'
    AND paper.score_kind = 'resemblance'
    AND corrected.model_choice = 'word-aligned'
    AND corrected.score_kind = 'nested_resemblance'
    AND (region.region IS NULL OR region.region = 'anterior');
