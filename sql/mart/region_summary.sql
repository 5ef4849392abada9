-- Brain regions: ceilings in R2 and in the paper's unit, computed and published, and the best layer of each model over
-- both.
--
-- Grain: one row per region, group of readers, model, condition, method and corpus; one row without a model where no
-- resemblance is computed for the region.
-- Key: region, language_group, corpus, extraction_id
-- Default: mart.region_summary_default. Here condition and method differ from row to row: choose one of each before you
-- average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete,
-- excluded readers. Ratios to the ceilings in R2 where ratio_missing_because says why.
-- Caveats: the paper divides R2 by a mean Pearson r (published_r here, published_ceiling there; warning ceiling_not_r2), in
-- which one reader is compared with an alias of itself; mean_r is the same without that. published_resemblance is therefore
-- no share of explainable variance. random_r2 is what as many random predictors explain.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 8, for the region anterior.
-- Read by: people, BI tools.
CREATE VIEW mart.region_summary AS
SELECT
    shown.*,
    fn.is_default(COALESCE(shown.method, 'raw'), COALESCE(shown.condition, 'plain')) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        region.region,
        ceilings.language_group,
        corpus.corpus,
        ceilings.leave_out,
        ceilings.ceiling,
        ceilings.leave_one_out_ceiling,
        ceilings.split_half_ceiling,
        by_reader.cv_ceiling,
        by_reader.mean_r,
        by_reader.published_r,
        published_ceiling.published_ceiling,
        published_ceiling.ceiling_unit,
        language_model.model,
        condition.condition,
        extraction.method,
        best.layer AS best_layer,
        best.relative_depth,
        best.r2,
        best.predictor_count::double precision / (best.cell_count - 1) AS random_r2,
        best.cv_r2,
        CASE WHEN ratio.missing_because IS NULL THEN best.resemblance END AS resemblance,
        CASE WHEN ratio.missing_because IS NULL THEN best.cv_resemblance END AS cv_resemblance,
        best.r2 / published_ceiling.published_ceiling AS published_resemblance,
        published_resemblance.published_percent,
        ceilings.subject_count,
        ratio.missing_because AS ratio_missing_because,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(best.extraction_id, ceilings.corpus_id, region.region_id, ceilings.leave_out) AS warning
        )
        || CASE WHEN published_ceiling.ceiling_unit <> 'R2' THEN '{ceiling_not_r2}'::text[] ELSE '{}' END
        || CASE WHEN best.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
        COALESCE(best.run_id, ceilings.run_id) AS run_id,
        best.extraction_id
    FROM current.noise_ceiling_by_group AS ceilings
    JOIN human.measure ON measure.measure_id = ceilings.measure_id
    JOIN human.region ON region.region_id = measure.region_id
    JOIN stimulus.corpus ON corpus.corpus_id = ceilings.corpus_id
    LEFT JOIN (
        SELECT
            reader_ceiling.corpus_id,
            reader_ceiling.measure_id,
            reader_ceiling.language_group,
            avg(reader_ceiling.cv_ceiling ORDER BY reader_ceiling.subject_id) AS cv_ceiling,
            avg(reader_ceiling.mean_r ORDER BY reader_ceiling.subject_id) AS mean_r,
            avg(reader_ceiling.published_r ORDER BY reader_ceiling.subject_id) AS published_r
        FROM current.reader_ceiling
        WHERE jsonb_array_length(reader_ceiling.leave_out) < 1
        GROUP BY reader_ceiling.corpus_id, reader_ceiling.measure_id, reader_ceiling.language_group
    ) AS by_reader
        ON
            by_reader.corpus_id = ceilings.corpus_id
            AND by_reader.measure_id = ceilings.measure_id
            AND by_reader.language_group = ceilings.language_group
    LEFT JOIN slice.layer_curve_best AS best
        ON
            best.corpus_id = ceilings.corpus_id
            AND best.measure_id = ceilings.measure_id
            AND best.language_group = ceilings.language_group
            AND best.region_id IS NOT NULL
    LEFT JOIN model.extraction ON extraction.extraction_id = best.extraction_id
    LEFT JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    LEFT JOIN model.condition ON condition.condition_id = extraction.condition_id
    LEFT JOIN result.published_ceiling
        ON
            published_ceiling.measure = measure.measure
            AND published_ceiling.language_group = ceilings.language_group
    LEFT JOIN result.published_resemblance
        ON
            published_resemblance.model = language_model.model
            AND published_resemblance.measure = measure.measure
            AND published_resemblance.language_group = ceilings.language_group
    CROSS JOIN
        LATERAL (
            SELECT
                fn.ratio_missing_because(
                    measure.region_id,
                    best.cv_r2,
                    LEAST(ceilings.ceiling, ceilings.leave_one_out_ceiling),
                    best.predictor_count,
                    best.cell_count
                ) AS missing_because
        ) AS ratio
    WHERE jsonb_array_length(ceilings.leave_out) < 1
) AS shown;
