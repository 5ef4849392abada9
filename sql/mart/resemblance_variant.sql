-- Resemblance by layer in other fits than least squares on all heads: ridge, the mean over heads, renormalised rows.
--
-- Grain: one row per model, condition, method, layer, measure, group of readers, variant (result.variant), set of predictors
-- and what is fitted: the heads (beside no set), the set, or both.
-- Key: extraction_id, layer, measure, language_group, variant, predictor_set, fitted
-- Default: mart.resemblance_variant_default. Here condition, method, measure and predictor_set differ from row to row:
-- choose one of each before you average.
-- Leaves out: results without some sentences; of brain regions, ratios where ratio_missing_because says why; runs that are
-- not done, superseded units, extractions that are not complete, excluded readers.
-- Caveats: of ridge compare cv_r2, whose penalties are chosen without what they are scored on; cv_resemblance is over the
-- leave-one-out ceiling. A mean over heads is one predictor in every model, so that models of different size compare.
-- Source: Hoerl & Kennard 1970 for ridge; Gao et al. 2025 (Nature Computational Science 5:1080) for the mean over heads.
-- Read by: people, BI tools, warehouse show ridge-resemblance.
CREATE VIEW mart.resemblance_variant AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AND shown.predictor_set = 'none' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        by_group.measure,
        by_group.language_group,
        by_group.leave_out,
        by_group.predictor_set,
        by_group.fitted,
        by_group.layer,
        fn.relative_depth(by_group.layer, extraction.layer_count) AS relative_depth,
        by_group.variant,
        by_group.r2,
        by_group.cv_r2,
        by_group.standard_error,
        by_group.pearson_r,
        CASE WHEN worth.ratio_missing_because IS NULL THEN by_group.r2 / NULLIF(ceilings.ceiling, 0) END AS resemblance,
        CASE
            WHEN worth.ratio_missing_because IS NULL THEN by_group.cv_r2 / NULLIF(ceilings.leave_one_out_ceiling, 0)
        END AS cv_resemblance,
        by_group.penalty,
        by_group.penalty_end_count,
        by_group.subject_count,
        by_group.cell_count,
        by_group.predictor_count,
        by_group.missing_because,
        worth.ratio_missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(by_group.extraction_id, by_group.corpus_id, measure.region_id, by_group.leave_out) AS warning
        )
        || CASE WHEN by_group.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END
        || CASE WHEN by_group.penalty_end_count > 0 THEN '{penalty_at_end}'::text[] ELSE '{}' END AS usage_warnings,
        by_group.run_id,
        by_group.extraction_id
    FROM current.resemblance_variant_by_group AS by_group
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = by_group.extraction_id
    JOIN human.measure ON measure.measure_id = by_group.measure_id
    LEFT JOIN current.noise_ceiling_by_group AS ceilings
        ON
            ceilings.corpus_id = by_group.corpus_id
            AND ceilings.measure_id = by_group.measure_id
            AND ceilings.language_group = by_group.language_group
            AND ceilings.leave_out = by_group.leave_out
    CROSS JOIN
        LATERAL fn.ratio_missing_because(
            measure.region_id,
            by_group.cv_r2,
            LEAST(ceilings.ceiling, ceilings.leave_one_out_ceiling),
            by_group.predictor_count,
            by_group.cell_count
        ) AS worth (ratio_missing_because)
    WHERE jsonb_array_length(by_group.leave_out) < 1
) AS shown;
