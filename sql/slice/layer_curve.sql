-- Human resemblance by layer: means over readers beside the ceilings.
--
-- Grain: one row per extraction, layer, measure, group of readers and set of sentences left out on request.
-- Leaves out: what current.human_resemblance leaves out. Ratios to a ceiling that is missing or 0 are null.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3: resemblance = mean R2 over readers / ceiling. The ceiling there
-- is the group's mean with the reader in it; the cross-validated value is divided by the leave-one-out ceiling.
-- Read by: mart.layer_curve, mart.leave_out_effect, slice.layer_curve_best.
--
-- Means are taken with the names in hand: of what is joined to groups afterwards, the planner expects one row in 200.
CREATE VIEW slice.layer_curve AS
SELECT
    layer_mean.run_id,
    layer_mean.extraction_id,
    layer_mean.corpus_id,
    layer_mean.layer,
    layer_mean.measure_id,
    layer_mean.language_group,
    layer_mean.leave_out,
    layer_mean.r2,
    layer_mean.adjusted_r2,
    layer_mean.cv_r2,
    layer_mean.standard_error,
    layer_mean.cv_standard_error,
    ceilings.ceiling,
    ceilings.leave_one_out_ceiling,
    layer_mean.r2 / NULLIF(ceilings.ceiling, 0) AS resemblance,
    layer_mean.adjusted_r2 / NULLIF(ceilings.ceiling, 0) AS adjusted_resemblance,
    layer_mean.cv_r2 / NULLIF(ceilings.leave_one_out_ceiling, 0) AS cv_resemblance,
    layer_mean.subject_count,
    layer_mean.cell_count,
    layer_mean.predictor_count,
    layer_mean.rank,
    layer_mean.model,
    layer_mean.family,
    layer_mean.stage,
    layer_mean.parameter_count,
    layer_mean.condition,
    layer_mean.method,
    layer_mean.corpus,
    layer_mean.measure,
    layer_mean.region_id,
    layer_mean.relative_depth
FROM (
    -- means over the readers of a group
    SELECT
        extraction.extraction_id,
        corpus.corpus_id,
        human_resemblance.layer,
        measure.measure_id,
        subject.language_group,
        human_resemblance.leave_out,
        language_model.model,
        language_model.family,
        language_model.stage,
        language_model.parameter_count,
        condition.condition,
        extraction.method,
        corpus.corpus,
        measure.measure,
        measure.region_id,
        fn.relative_depth(human_resemblance.layer, language_model.layer_count) AS relative_depth,
        max(human_resemblance.run_id) AS run_id,
        avg(human_resemblance.r2 ORDER BY human_resemblance.subject_id) AS r2,
        avg(human_resemblance.adjusted_r2 ORDER BY human_resemblance.subject_id) AS adjusted_r2,
        avg(human_resemblance.cv_r2 ORDER BY human_resemblance.subject_id) AS cv_r2,
        stddev_samp(human_resemblance.r2 ORDER BY human_resemblance.subject_id)
        / sqrt(count(human_resemblance.r2)) AS standard_error,
        stddev_samp(human_resemblance.cv_r2 ORDER BY human_resemblance.subject_id)
        / sqrt(count(human_resemblance.cv_r2)) AS cv_standard_error,
        count(human_resemblance.r2)::integer AS subject_count,
        max(human_resemblance.cell_count) AS cell_count,
        max(human_resemblance.predictor_count) AS predictor_count,
        min(human_resemblance.rank) AS rank
    FROM current.human_resemblance
    -- first, since most ask for one measure, and the planner changes the order of the first eight tables only
    JOIN human.measure ON measure.measure_id = human_resemblance.measure_id
    JOIN human.subject ON subject.subject_id = human_resemblance.subject_id
    JOIN model.extraction ON extraction.extraction_id = human_resemblance.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = extraction.corpus_id
    -- what differs most comes first, and what is dear to compare last: rows are sorted by these
    GROUP BY
        extraction.extraction_id,
        human_resemblance.layer,
        measure.measure_id,
        subject.language_group,
        language_model.language_model_id,
        condition.condition_id,
        corpus.corpus_id,
        human_resemblance.leave_out
) AS layer_mean
LEFT JOIN current.noise_ceiling_by_group AS ceilings
    ON
        ceilings.corpus_id = layer_mean.corpus_id
        AND ceilings.measure_id = layer_mean.measure_id
        AND ceilings.language_group = layer_mean.language_group
        AND ceilings.leave_out = layer_mean.leave_out;
