-- Human resemblance by layer: means over readers beside the ceilings.
--
-- Grain: one row per extraction, layer, measure, group of readers and set of sentences left out on request.
-- Leaves out: what current.human_resemblance leaves out. Ratios to a ceiling that is missing or 0 are null.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3: resemblance = mean R2 over readers / ceiling. The ceiling there
-- is the group's mean with the reader in it; the cross-validated value is divided by the leave-one-out ceiling.
-- Read by: mart.layer_curve, mart.model_summary.
CREATE VIEW slice.layer_curve AS
WITH
-- means over the readers of a group
layer_mean AS (
    SELECT
        human_resemblance.extraction_id,
        human_resemblance.corpus_id,
        human_resemblance.layer,
        human_resemblance.measure_id,
        subject.language_group,
        human_resemblance.leave_out,
        max(human_resemblance.run_id) AS run_id,
        avg(human_resemblance.r2) AS r2,
        avg(human_resemblance.adjusted_r2) AS adjusted_r2,
        avg(human_resemblance.cv_r2) AS cv_r2,
        stddev_samp(human_resemblance.r2) / sqrt(count(human_resemblance.r2)) AS standard_error,
        count(human_resemblance.r2)::integer AS subject_count,
        max(human_resemblance.cell_count) AS cell_count,
        max(human_resemblance.predictor_count) AS predictor_count,
        min(human_resemblance.rank) AS rank
    FROM current.human_resemblance
    JOIN human.subject ON subject.subject_id = human_resemblance.subject_id
    GROUP BY
        human_resemblance.extraction_id,
        human_resemblance.corpus_id,
        human_resemblance.layer,
        human_resemblance.measure_id,
        subject.language_group,
        human_resemblance.leave_out
),

-- both kinds of ceiling side by side
ceilings AS (
    SELECT
        corpus_id,
        measure_id,
        language_group,
        leave_out,
        max(ceiling) FILTER (WHERE ceiling_kind = 'group_mean') AS ceiling,
        max(ceiling) FILTER (WHERE ceiling_kind = 'leave_one_out') AS leave_one_out_ceiling
    FROM current.noise_ceiling
    GROUP BY corpus_id, measure_id, language_group, leave_out
)

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
    ceilings.ceiling,
    ceilings.leave_one_out_ceiling,
    layer_mean.r2 / NULLIF(ceilings.ceiling, 0) AS resemblance,
    layer_mean.adjusted_r2 / NULLIF(ceilings.ceiling, 0) AS adjusted_resemblance,
    layer_mean.cv_r2 / NULLIF(ceilings.leave_one_out_ceiling, 0) AS cv_resemblance,
    layer_mean.subject_count,
    layer_mean.cell_count,
    layer_mean.predictor_count,
    layer_mean.rank
FROM layer_mean
LEFT JOIN ceilings
    ON
        ceilings.corpus_id = layer_mean.corpus_id
        AND ceilings.measure_id = layer_mean.measure_id
        AND ceilings.language_group = layer_mean.language_group
        AND ceilings.leave_out = layer_mean.leave_out;
