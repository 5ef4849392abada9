-- The best layer of each model for each group of readers: the paper's Table 1.
--
-- Grain: one row per model, condition, method, measure, group of readers and set of sentences left out.
-- Leaves out: runs that are not done, superseded units, extractions that are not complete, excluded readers.
-- Beware: the best layer is chosen on the data it is shown for, as the paper does; r2 grows with the number of heads.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3 and Table 1.
-- Read by: people, BI tools, warehouse show human-resemblance.
CREATE VIEW mart.model_summary AS
WITH ranked AS (
    SELECT
        layer_curve.*,
        row_number() OVER (
            PARTITION BY extraction_id, measure_id, language_group, leave_out ORDER BY r2 DESC NULLS LAST, layer
        ) AS place,
        count(*) OVER (PARTITION BY extraction_id, measure_id, language_group, leave_out)::integer AS layer_total
    FROM slice.layer_curve
)

SELECT
    language_model.model,
    language_model.family,
    language_model.stage,
    language_model.parameter_count,
    condition.condition,
    extraction.method,
    corpus.corpus,
    measure.measure,
    ranked.language_group,
    ranked.leave_out,
    ranked.layer AS best_layer,
    ranked.layer_total,
    ranked.r2,
    ranked.standard_error,
    ranked.adjusted_r2,
    ranked.cv_r2,
    ranked.ceiling,
    ranked.leave_one_out_ceiling,
    ranked.resemblance,
    ranked.adjusted_resemblance,
    ranked.cv_resemblance,
    ranked.subject_count,
    ranked.cell_count,
    ranked.predictor_count,
    ranked.rank,
    fn.usage_warnings(
        ranked.extraction_id, ranked.corpus_id, measure.region_id, ranked.leave_out
    ) AS usage_warnings,
    ranked.run_id,
    ranked.extraction_id
FROM ranked
JOIN model.extraction ON extraction.extraction_id = ranked.extraction_id
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
JOIN stimulus.corpus ON corpus.corpus_id = ranked.corpus_id
JOIN human.measure ON measure.measure_id = ranked.measure_id
WHERE ranked.place = 1;
