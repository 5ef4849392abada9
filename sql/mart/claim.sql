-- The paper's claims: each value as published, computed here the paper's way, corrected, and beyond the baseline, and what
-- follows.
--
-- The evidence of each group of claims is a view of its own (slice.claim_fit, claim_tuning, claim_group, claim_reliance,
-- claim_divergence); the verdict follows from it by one rule, fn.verdict_reason, and its reason is a code.
--
-- Grain: one row per claim, group of readers, corpus and measure; one row without corpus and measure where nothing of it is
-- computed on what people have read.
-- Key: claim, language_group, corpus, measure
-- Leaves out: simulated corpora, which answer no claim about readers; runs that are not done, superseded units, extractions
-- that are not complete, excluded readers.
-- Source: Gao et al. 2023 (EMNLP Findings).
-- Read by: people, warehouse report.
CREATE VIEW mart.claim AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.run_ids, ', '), '') AS run_ids_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        claim.claim,
        claim.language_group,
        evidence.corpus,
        measure.measure,
        claim.statement,
        claim.quantity_claimed,
        claim.claimed_sign,
        claim.published_value,
        evidence.value_here,
        evidence.value_p,
        evidence.corrected_value,
        evidence.corrected_p,
        evidence.corrected_low,
        evidence.corrected_high,
        evidence.p_equivalence,
        evidence.beyond_value,
        evidence.beyond_p,
        evidence.beyond_low,
        evidence.beyond_high,
        beyond_reason.verdict AS beyond_verdict,
        beyond_reason.reason_code AS beyond_reason_code,
        evidence.model_count,
        evidence.subject_count,
        evidence.test_count,
        verdict_reason.verdict,
        verdict_reason.reason_code,
        CASE
            WHEN verdict_reason.reason_code IN ('no_value', 'no_corrected_value')
                THEN COALESCE(evidence.missing_because, verdict_reason.description)
            ELSE verdict_reason.description
        END AS reason,
        claim.source,
        COALESCE(
            ARRAY(SELECT warning FROM fn.joint_usage_warnings(
                evidence.extraction_ids, CASE WHEN measure.region_id IS NULL THEN evidence.corpus_id END, '[]'
            ) AS warning),
            '{}'
        ) AS usage_warnings,
        evidence.run_ids
    FROM result.claim
    LEFT JOIN (
        SELECT
            corpus.corpus,
            found.*
        FROM (
            SELECT * FROM slice.claim_fit
            UNION ALL
            SELECT * FROM slice.claim_tuning
            UNION ALL
            SELECT * FROM slice.claim_group
            UNION ALL
            SELECT * FROM slice.claim_reliance
            UNION ALL
            SELECT * FROM slice.claim_divergence
        ) AS found
        JOIN stimulus.corpus ON corpus.corpus_id = found.corpus_id
        WHERE NOT corpus.is_simulated
    ) AS evidence ON evidence.claim = claim.claim AND evidence.language_group = claim.language_group
    LEFT JOIN human.measure ON measure.measure_id = evidence.measure_id
    JOIN result.verdict_reason
        ON
            verdict_reason.reason_code = CASE
                WHEN evidence.claim IS NULL THEN 'not_computed'
                ELSE fn.verdict_reason(
                    claim.claimed_sign,
                    evidence.value_here,
                    evidence.value_p,
                    evidence.corrected_value,
                    evidence.corrected_p,
                    evidence.corrected_low,
                    evidence.corrected_high,
                    evidence.p_equivalence,
                    evidence.model_count,
                    evidence.aligned_count
                )
            END
    -- the same rule, with what is left beyond the baseline in the place of the corrected value
    JOIN result.verdict_reason AS beyond_reason
        ON
            beyond_reason.reason_code = CASE
                WHEN evidence.claim IS NULL THEN 'not_computed'
                ELSE fn.verdict_reason(
                    claim.claimed_sign,
                    evidence.value_here,
                    evidence.value_p,
                    evidence.beyond_value,
                    evidence.beyond_p,
                    evidence.beyond_low,
                    evidence.beyond_high,
                    NULL,
                    evidence.model_count,
                    evidence.aligned_count
                )
            END
) AS shown;
