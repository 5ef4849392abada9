-- Claims about groups of readers: whether every model is closer to L2 than to L1, in percent of each group's ceiling.
--
-- Here: the smallest difference over models, each at its best layer in-sample. Corrected: the smallest over models that are
-- aligned to words, the layer chosen on other articles, over ceilings of the same held-out articles. Beyond: likewise, of
-- what heads add to position and word length. That every model
-- is closer is tested by the largest p over models (an intersection-union test), which needs no other correction; that one
-- is farther, where the smallest difference is below 0, by its p times the number of models. The interval is that of the
-- model with the smallest difference. Here p is one-sided, as in the paper; corrected and beyond it is two-sided, as the
-- interval is.
--
-- Grain: one row per claim, corpus and measure; plain text, raw attention, no sentence left out.
-- Leaves out: runs that are not done, superseded units; untrained models; measures other than saccade counts.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 1; Berger 1982 for the intersection-union test.
-- Read by: mart.claim.
CREATE VIEW slice.claim_group AS
SELECT
    'closer_to_second_language' AS claim,
    'all' AS language_group,
    group_difference.corpus_id,
    group_difference.measure_id,
    100 * min(group_difference.difference) FILTER (WHERE group_difference.score_kind = 'resemblance') AS value_here,
    max(group_difference.p_greater) FILTER (WHERE group_difference.score_kind = 'resemblance') AS value_p,
    100 * min(group_difference.difference) FILTER (WHERE group_difference.is_corrected) AS corrected_value,
    CASE
        WHEN min(group_difference.difference) FILTER (WHERE group_difference.is_corrected) > 0
            THEN max(group_difference.p_value) FILTER (WHERE group_difference.is_corrected)
        ELSE LEAST(
            1.0,
            count(*) FILTER (WHERE group_difference.is_corrected)
            * (array_agg(group_difference.p_value ORDER BY group_difference.difference) FILTER (WHERE group_difference.is_corrected))[1]
        )
    END AS corrected_p,
    100 * (array_agg(group_difference.interval_low ORDER BY group_difference.difference) FILTER (WHERE group_difference.is_corrected))[1]
        AS corrected_low,
    100 * (array_agg(group_difference.interval_high ORDER BY group_difference.difference) FILTER (WHERE group_difference.is_corrected))[1]
        AS corrected_high,
    NULL::double precision AS p_equivalence,
    100 * min(group_difference.difference) FILTER (WHERE group_difference.is_beyond) AS beyond_value,
    CASE
        WHEN min(group_difference.difference) FILTER (WHERE group_difference.is_beyond) > 0
            THEN max(group_difference.p_value) FILTER (WHERE group_difference.is_beyond)
        ELSE LEAST(
            1.0,
            count(*) FILTER (WHERE group_difference.is_beyond)
            * (array_agg(group_difference.p_value ORDER BY group_difference.difference) FILTER (WHERE group_difference.is_beyond))[1]
        )
    END AS beyond_p,
    100 * (array_agg(group_difference.interval_low ORDER BY group_difference.difference) FILTER (WHERE group_difference.is_beyond))[1]
        AS beyond_low,
    100 * (array_agg(group_difference.interval_high ORDER BY group_difference.difference) FILTER (WHERE group_difference.is_beyond))[1]
        AS beyond_high,
    count(group_difference.difference) FILTER (WHERE group_difference.score_kind = 'resemblance')::integer AS model_count,
    count(*) FILTER (WHERE group_difference.score_kind = 'nested_resemblance' AND group_difference.is_aligned)::integer AS aligned_count,
    max(group_difference.left_count + group_difference.right_count) AS subject_count,
    1 AS test_count,
    min(group_difference.missing_because) FILTER (WHERE group_difference.score_kind <> 'unique_resemblance') AS missing_because,
    array_agg(DISTINCT group_difference.run_id ORDER BY group_difference.run_id) AS run_ids,
    array_agg(DISTINCT group_difference.extraction_id ORDER BY group_difference.extraction_id) AS extraction_ids
FROM (
    SELECT
        found.*,
        extraction.alignment = 'word' AS is_aligned,
        extraction.alignment = 'word' AND found.score_kind = 'nested_resemblance' AND found.difference IS NOT NULL
            AS is_corrected,
        extraction.alignment = 'word' AND found.score_kind = 'unique_resemblance' AND found.difference IS NOT NULL
            AS is_beyond
    FROM current.group_difference AS found
    JOIN model.extraction ON extraction.extraction_id = found.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    JOIN human.measure ON measure.measure_id = found.measure_id
    WHERE
        condition.condition = 'plain'
        AND extraction.method = 'raw'
        AND language_model.stage <> 'untrained'
        AND found.leave_out = '[]'
        AND found.left_group = 'L1'
        AND found.right_group = 'L2'
        AND measure.quantity = 'saccade_count'
) AS group_difference
GROUP BY group_difference.corpus_id, group_difference.measure_id;
