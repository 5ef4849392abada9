-- Brain regions: ceilings in R2 beside the constants that the paper divides by, and the best layer of each model over both.
--
-- Grain: one row per region, group of readers, model, condition, method, corpus and set of sentences left out; one row
-- without a model where no resemblance is computed for the region.
-- Leaves out: runs that are not done, superseded units, extractions that are not complete, excluded readers.
-- Beware: the published constants are mean Pearson r, not R2 (warning ceiling_not_r2), so published_resemblance is no share
-- of explainable variance; random_r2 is what as many random predictors explain.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 8.
-- Read by: people, BI tools.
CREATE VIEW mart.region_summary AS
WITH
ceilings AS (
    SELECT
        corpus_id,
        measure_id,
        language_group,
        leave_out,
        max(run_id) AS run_id,
        max(ceiling) FILTER (WHERE ceiling_kind = 'group_mean') AS ceiling,
        max(ceiling) FILTER (WHERE ceiling_kind = 'leave_one_out') AS leave_one_out_ceiling,
        max(ceiling) FILTER (WHERE ceiling_kind = 'split_half') AS split_half_ceiling,
        max(subject_count) AS subject_count
    FROM current.noise_ceiling
    GROUP BY corpus_id, measure_id, language_group, leave_out
),

best AS (
    SELECT DISTINCT ON (extraction_id, measure_id, language_group, leave_out)
        layer_curve.*
    FROM slice.layer_curve
    ORDER BY extraction_id, measure_id, language_group, leave_out, r2 DESC NULLS LAST, layer
)

SELECT
    region.region,
    ceilings.language_group,
    corpus.corpus,
    ceilings.leave_out,
    ceilings.ceiling,
    ceilings.leave_one_out_ceiling,
    ceilings.split_half_ceiling,
    published_ceiling.published_ceiling,
    published_ceiling.ceiling_unit,
    language_model.model,
    condition.condition,
    extraction.method,
    best.layer AS best_layer,
    best.r2,
    best.predictor_count::double precision / (best.cell_count - 1) AS random_r2,
    best.cv_r2,
    best.resemblance,
    best.cv_resemblance,
    best.r2 / published_ceiling.published_ceiling AS published_resemblance,
    published_resemblance.published_percent,
    ceilings.subject_count,
    fn.usage_warnings(best.extraction_id, ceilings.corpus_id, region.region_id, ceilings.leave_out)
    || CASE WHEN published_ceiling.ceiling_unit <> 'R2' THEN '{ceiling_not_r2}'::text[] ELSE '{}' END
        AS usage_warnings,
    COALESCE(best.run_id, ceilings.run_id) AS run_id,
    best.extraction_id
FROM ceilings
JOIN human.measure ON measure.measure_id = ceilings.measure_id
JOIN human.region ON region.region_id = measure.region_id
JOIN stimulus.corpus ON corpus.corpus_id = ceilings.corpus_id
LEFT JOIN best
    ON
        best.corpus_id = ceilings.corpus_id
        AND best.measure_id = ceilings.measure_id
        AND best.language_group = ceilings.language_group
        AND best.leave_out = ceilings.leave_out
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
        AND published_resemblance.language_group = ceilings.language_group;
