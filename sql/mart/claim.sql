-- The paper's claims, each as a query: its value as published, here, and corrected, and whether it holds.
--
-- Here: plain text, raw attention, no sentence left out; the paper's way (best layer in-sample, over the group-mean ceiling,
-- all models). Corrected: cross-validated over the leave-one-out ceiling, and without models that are not aligned to words
-- where the claim is a fit over models; for reliance cross-validated; for prefixes beyond what noise as prefix does.
-- A claim holds where both values have the claimed sign and the test of each, where there is one, has p < 0.05; it does not
-- hold where one has the other sign; it cannot be said where one is not significant, or not there.
--
-- Grain: one row per claim, group of readers, corpus and measure (saccade counts, and regions for the fMRI claims); one row
-- without corpus and measure where nothing of it is computed.
-- Leaves out: runs that are not done, superseded units, extractions that are not complete, excluded readers.
-- Source: Gao et al. 2023 (EMNLP Findings).
-- Read by: people, warehouse report.
CREATE VIEW mart.claim AS
WITH
-- the best layer of every model
best AS (
    SELECT DISTINCT ON (layer_curve.extraction_id, layer_curve.measure_id, layer_curve.language_group)
        layer_curve.corpus_id,
        layer_curve.measure_id,
        layer_curve.language_group,
        extraction.language_model_id,
        language_model.base_model_id,
        100 * layer_curve.resemblance AS percent,
        100 * layer_curve.cv_resemblance AS cv_percent
    FROM slice.layer_curve
    JOIN model.extraction ON extraction.extraction_id = layer_curve.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    WHERE
        condition.condition = 'plain'
        AND extraction.method = 'raw'
        AND language_model.stage <> 'untrained'
        AND layer_curve.leave_out = '[]'
    ORDER BY
        layer_curve.extraction_id,
        layer_curve.measure_id,
        layer_curve.language_group,
        layer_curve.r2 DESC NULLS LAST,
        layer_curve.layer
),

-- lines over models: the paper's beside the corrected one
fitted AS (
    SELECT
        paper.corpus_id,
        paper.measure_id,
        paper.language_group,
        paper.predictor,
        paper.pearson_r,
        paper.p_value,
        corrected.pearson_r AS corrected_r,
        corrected.p_value AS corrected_p,
        paper.missing_because
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
    JOIN model.condition ON condition.condition_id = paper.condition_id
    WHERE
        condition.condition = 'plain'
        AND paper.method = 'raw'
        AND paper.leave_out = '[]'
        AND paper.model_choice = 'all'
        AND paper.score_kind = 'resemblance'
        AND corrected.model_choice = 'word-aligned'
        AND corrected.score_kind = 'cv_resemblance'
),

-- Means are taken in one order: else their last digits would tell in which order models were loaded.
-- divergence of each pair, mean over its quarters of layers and over the last of them
diverged AS (
    SELECT
        attention_divergence.comparison,
        attention_divergence.right_extraction_id,
        extraction.corpus_id,
        language_model.language_model_id,
        language_model.stage,
        condition.condition,
        avg(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.js_head_averaged_nats) AS js_nats,
        avg(attention_divergence.js_head_averaged_nats ORDER BY attention_divergence.js_head_averaged_nats)
        FILTER (WHERE attention_divergence.depth = 3) AS last_js_nats
    FROM current.attention_divergence
    JOIN model.extraction ON extraction.extraction_id = attention_divergence.right_extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    WHERE
        attention_divergence.depth_kind = 'quarter'
        AND attention_divergence.leave_out = '[]'
        AND extraction.method = 'raw'
    GROUP BY
        attention_divergence.comparison,
        attention_divergence.left_extraction_id,
        attention_divergence.right_extraction_id,
        extraction.corpus_id,
        language_model.language_model_id,
        language_model.stage,
        condition.condition
),

-- what an instruction does beyond what noise does, model by model
sensitivity AS (
    SELECT
        instructed.corpus_id,
        instructed.stage,
        avg(instructed.last_js_nats ORDER BY instructed.last_js_nats) AS js_nats,
        avg(
            instructed.last_js_nats - noise.last_js_nats ORDER BY instructed.last_js_nats - noise.last_js_nats
        ) AS beyond_noise_nats
    FROM diverged AS instructed
    LEFT JOIN diverged AS noise
        ON
            noise.comparison = 'instruction'
            AND noise.condition = 'noise'
            AND noise.corpus_id = instructed.corpus_id
            AND noise.language_model_id = instructed.language_model_id
    WHERE instructed.comparison = 'instruction' AND instructed.condition <> 'noise'
    GROUP BY instructed.corpus_id, instructed.stage
),

-- differences of reliance between models
relied AS (
    SELECT
        reliance_difference.corpus_id,
        reliance_difference.comparison,
        avg(reliance_difference.r2_difference ORDER BY reliance_difference.r2_difference) AS difference
    FROM current.reliance_difference
    JOIN model.extraction ON extraction.extraction_id = reliance_difference.left_extraction_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    WHERE
        condition.condition = 'plain'
        AND extraction.method = 'raw'
        AND reliance_difference.leave_out = '[]'
        AND reliance_difference.pattern_set = 'trivial'
    GROUP BY reliance_difference.corpus_id, reliance_difference.comparison
),

-- one row per claim, group, corpus and measure that something is computed of
evidence AS (
    SELECT
        CASE
            WHEN fitted.predictor = 'loss' AND measure.region_id IS NULL THEN 'loss_goes_with_resemblance'
            WHEN fitted.predictor = 'loss' THEN 'fmri_agrees_on_loss'
            WHEN measure.region_id IS NULL THEN 'resemblance_rises_with_scale'
            ELSE 'fmri_agrees_on_scale'
        END AS claim,
        fitted.language_group,
        fitted.corpus_id,
        fitted.measure_id,
        fitted.pearson_r AS value_here,
        fitted.p_value AS value_p,
        fitted.corrected_r AS corrected_value,
        fitted.corrected_p,
        fitted.missing_because
    FROM fitted
    JOIN human.measure ON measure.measure_id = fitted.measure_id
    WHERE measure.quantity <> 'saccade_duration'
    UNION ALL
    SELECT
        'resemblance_falls_with_tuning',
        tuned.language_group,
        tuned.corpus_id,
        tuned.measure_id,
        avg(tuned.percent - base.percent ORDER BY tuned.percent - base.percent),
        NULL,
        avg(tuned.cv_percent - base.cv_percent ORDER BY tuned.cv_percent - base.cv_percent),
        NULL,
        NULL
    FROM best AS tuned
    JOIN best AS base
        ON
            base.language_model_id = tuned.base_model_id
            AND base.corpus_id = tuned.corpus_id
            AND base.measure_id = tuned.measure_id
            AND base.language_group = tuned.language_group
    JOIN human.measure ON measure.measure_id = tuned.measure_id
    WHERE measure.quantity = 'saccade_count'
    GROUP BY tuned.language_group, tuned.corpus_id, tuned.measure_id
    UNION ALL
    SELECT
        'closer_to_second_language',
        'all',
        first_language.corpus_id,
        first_language.measure_id,
        min(second_language.percent - first_language.percent),
        NULL,
        min(second_language.cv_percent - first_language.cv_percent),
        NULL,
        NULL
    FROM best AS first_language
    JOIN best AS second_language
        ON
            second_language.language_model_id = first_language.language_model_id
            AND second_language.corpus_id = first_language.corpus_id
            AND second_language.measure_id = first_language.measure_id
    JOIN human.measure ON measure.measure_id = first_language.measure_id
    WHERE
        first_language.language_group = 'L1'
        AND second_language.language_group = 'L2'
        AND measure.quantity = 'saccade_count'
    GROUP BY first_language.corpus_id, first_language.measure_id
    UNION ALL
    SELECT
        'second_language_relies_on_patterns',
        'all',
        reliance_test.corpus_id,
        reliance_test.measure_id,
        reliance_test.r2_difference,
        reliance_test.p_greater,
        NULL,
        NULL,
        reliance_test.missing_because
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
        CASE relied.comparison WHEN 'scale' THEN 'scale_lowers_reliance' ELSE 'tuning_raises_reliance' END,
        'all',
        relied.corpus_id,
        NULL,
        relied.difference,
        NULL,
        NULL,
        NULL,
        NULL
    FROM relied
    WHERE relied.comparison IN ('scale', 'tuning')
    UNION ALL
    SELECT
        'scale_changes_more_than_tuning',
        'all',
        diverged.corpus_id,
        NULL,
        avg(diverged.js_nats ORDER BY diverged.js_nats) FILTER (WHERE diverged.comparison = 'scale')
        - avg(diverged.js_nats ORDER BY diverged.js_nats) FILTER (WHERE diverged.comparison = 'tuning'),
        NULL,
        NULL,
        NULL,
        CASE
            WHEN count(DISTINCT diverged.comparison) < 2 THEN 'pairs that differ in size, or in tuning, are not there'
        END
    FROM diverged
    WHERE diverged.comparison IN ('scale', 'tuning') AND diverged.condition = 'plain'
    GROUP BY diverged.corpus_id
    UNION ALL
    SELECT
        'tuning_raises_sensitivity',
        'all',
        tuned.corpus_id,
        NULL,
        tuned.js_nats - pretrained.js_nats,
        NULL,
        tuned.beyond_noise_nats - pretrained.beyond_noise_nats,
        NULL,
        NULL
    FROM sensitivity AS tuned
    JOIN sensitivity AS pretrained ON pretrained.corpus_id = tuned.corpus_id
    WHERE tuned.stage = 'tuned' AND pretrained.stage = 'pretrained'
),

judged AS (
    SELECT
        claim.claim,
        claim.language_group,
        evidence.corpus_id,
        evidence.measure_id,
        claim.statement,
        claim.quantity_claimed,
        claim.claimed_sign,
        claim.published_value,
        evidence.value_here,
        evidence.value_p,
        evidence.corrected_value,
        evidence.corrected_p,
        claim.source,
        CASE
            WHEN evidence.claim IS NULL THEN 'nothing that it needs is computed'
            WHEN evidence.value_here IS NULL THEN COALESCE(evidence.missing_because, 'nothing that it needs is computed')
            WHEN sign(evidence.value_here) <> claim.claimed_sign THEN 'the value here has the other sign'
            WHEN sign(evidence.corrected_value) <> claim.claimed_sign THEN 'corrected, the value has the other sign'
            WHEN evidence.value_p >= 0.05 THEN 'the value here is not significant (p = ' || round(evidence.value_p::numeric, 3) || ')'
            WHEN
                evidence.corrected_p >= 0.05
                THEN 'corrected, the value is not significant (p = ' || round(evidence.corrected_p::numeric, 3) || ')'
            WHEN evidence.corrected_value IS NULL THEN 'the paper''s way alone: there is no corrected value'
            ELSE 'both values have the claimed sign'
        END AS reason
    FROM result.claim
    LEFT JOIN evidence ON evidence.claim = claim.claim AND evidence.language_group = claim.language_group
)

SELECT
    judged.claim,
    judged.language_group,
    corpus.corpus,
    measure.measure,
    judged.statement,
    judged.quantity_claimed,
    judged.claimed_sign,
    judged.published_value,
    judged.value_here,
    judged.value_p,
    judged.corrected_value,
    judged.corrected_p,
    CASE
        WHEN judged.value_here IS NULL OR judged.reason LIKE '%not significant%' THEN 'cannot be said'
        WHEN judged.reason LIKE '%other sign%' THEN 'does not hold'
        ELSE 'holds'
    END AS verdict,
    judged.reason,
    judged.source
FROM judged
LEFT JOIN stimulus.corpus ON corpus.corpus_id = judged.corpus_id
LEFT JOIN human.measure ON measure.measure_id = judged.measure_id;
