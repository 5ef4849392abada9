-- What heads explain beyond sets of predictors, with p-values corrected over the layers of a model.
--
-- Grain: one row per extraction, layer, measure, group of readers, set of predictors and what was held out.
-- Leaves out: results without some sentences; what current.unique_variance leaves out.
-- Source: Dunn (1961), Holm (1979), Benjamini & Hochberg (1995).
-- Read by: mart.unique_variance, mart.resemblance_in_context.
CREATE VIEW slice.unique_variance AS
WITH tested AS (
    SELECT
        unique_variance.*,
        (count(unique_variance.p_one_sided) OVER of_model)::integer AS test_count,
        rank() OVER rising AS p_rank
    FROM current.unique_variance
    WHERE jsonb_array_length(unique_variance.leave_out) < 1
    WINDOW
        of_model AS (PARTITION BY extraction_id, measure_id, language_group, predictor_set, held_out),
        rising AS (of_model ORDER BY p_one_sided)
),

stepped AS (
    -- steps down from the least p (Holm) and up from the largest (Benjamini & Hochberg); ties share the first's rank
    -- downwards and the last's upwards
    SELECT
        tested.*,
        max(tested.p_one_sided * (tested.test_count + 1 - tested.p_rank)) OVER rising AS holm,
        min(tested.p_one_sided * tested.test_count / tested.p_last) OVER falling AS benjamini_hochberg
    FROM (
        SELECT tested.*, tested.p_rank - 1 + count(*) OVER ties AS p_last FROM tested
        WINDOW ties AS (
            PARTITION BY extraction_id, measure_id, language_group, predictor_set, held_out, p_one_sided
        )
    ) AS tested
    WINDOW
        of_model AS (PARTITION BY extraction_id, measure_id, language_group, predictor_set, held_out),
        rising AS (of_model ORDER BY p_one_sided),
        falling AS (of_model ORDER BY p_one_sided DESC NULLS LAST)
)

SELECT
    stepped.run_id,
    stepped.unit_id,
    stepped.extraction_id,
    stepped.corpus_id,
    stepped.layer,
    stepped.measure_id,
    stepped.language_group,
    stepped.predictor_set,
    stepped.held_out,
    stepped.set_r2,
    stepped.set_se,
    stepped.heads_r2,
    stepped.heads_se,
    stepped.joint_r2,
    stepped.joint_se,
    stepped.unique_r2,
    stepped.unique_se,
    stepped.set_unique_r2,
    stepped.set_unique_se,
    stepped.common_r2,
    stepped.t_statistic,
    stepped.degrees_of_freedom,
    stepped.p_one_sided,
    stepped.effect_size,
    stepped.effect_low,
    stepped.effect_high,
    stepped.corrected_unique_r2,
    stepped.sentence_se,
    stepped.unique_low,
    stepped.unique_high,
    stepped.reader_set_r2,
    stepped.reader_heads_r2,
    stepped.reader_joint_r2,
    stepped.subject_labels,
    stepped.subject_count,
    stepped.cell_count,
    stepped.set_rank,
    stepped.heads_rank,
    stepped.joint_rank,
    stepped.missing_because,
    stepped.leave_out,
    stepped.test_count,
    CASE WHEN stepped.p_one_sided IS NOT NULL THEN LEAST(stepped.p_one_sided * stepped.test_count, 1) END AS p_bonferroni,
    CASE WHEN stepped.p_one_sided IS NOT NULL THEN LEAST(stepped.holm, 1) END AS p_holm,
    CASE WHEN stepped.p_one_sided IS NOT NULL THEN LEAST(stepped.benjamini_hochberg, 1) END AS p_benjamini_hochberg
FROM stepped;
