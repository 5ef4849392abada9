-- Which models resemble readers most: the paper's Table 1 with the corrected columns, one row per model and group of readers.
--
-- In-sample (r2, resemblance) is the paper's way. Compare models by nested_resemblance, which places them: each article is
-- predicted by the layer that is best on the others. unique_r2 is what the heads of the best layer add, on held-out articles,
-- to what position and word length predict alone (baseline_r2).
--
-- Grain: one row per corpus, group of readers and model.
-- Key: extraction_id, language_group
-- Leaves out: all but the default choice (is_default of mart.model_summary): transition counts by the rule consecutive, raw
-- attention, plain text, all sentences. What has not been computed is null (layer-choice, corrected-resemblance,
-- unique-variance, exchanged-null); those without nested_resemblance are placed last, by resemblance.
-- Caveats: do not average over groups of readers, whose ceilings differ. Attention that is not aligned to words
-- (is_word_aligned), or of some layers only (is_partial), does not compare.
-- Source: Gao et al. 2023 (EMNLP Findings), Table 1.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.resemblance_leaderboard AS
SELECT
    summary.corpus,
    summary.language_group,
    rank() OVER (
        PARTITION BY summary.corpus, summary.language_group
        ORDER BY summary.nested_resemblance DESC NULLS LAST, summary.resemblance DESC NULLS LAST
    )::integer AS leaderboard_rank,
    summary.model,
    summary.family,
    summary.stage,
    base.model AS base_model,
    summary.parameter_count,
    summary.best_layer,
    summary.relative_depth,
    summary.layer_total,
    summary.predictor_count,
    summary.nested_resemblance,
    summary.nested_low,
    summary.nested_high,
    summary.r2,
    summary.standard_error,
    summary.ceiling,
    summary.resemblance,
    summary.interval_low,
    summary.interval_high,
    summary.adjusted_resemblance,
    summary.cv_resemblance,
    summary.nested_cv_r2,
    corrected_resemblance.matched_r2 / NULLIF(summary.ceiling, 0) AS matched_resemblance,
    corrected_resemblance.component_r2 / NULLIF(summary.ceiling, 0) AS component_resemblance,
    held_out.set_r2 AS baseline_r2,
    held_out.unique_r2,
    held_out.unique_se,
    held_out.p_bonferroni,
    exchanged_null.exchanged_r2 / NULLIF(exchanged_null.r2, 0) AS exchanged_share,
    summary.subject_count,
    summary.cell_count,
    summary.is_word_aligned,
    summary.is_partial,
    summary.usage_warnings,
    summary.warnings,
    summary.measure,
    summary.run_id,
    summary.extraction_id
FROM mart.model_summary AS summary
JOIN human.measure ON measure.measure = summary.measure
JOIN model.language_model ON language_model.model = summary.model
LEFT JOIN model.language_model AS base ON base.language_model_id = language_model.base_model_id
LEFT JOIN current.corrected_resemblance
    ON
        corrected_resemblance.extraction_id = summary.extraction_id
        AND corrected_resemblance.layer = summary.best_layer
        AND corrected_resemblance.measure_id = measure.measure_id
        AND corrected_resemblance.language_group = summary.language_group
        AND jsonb_array_length(corrected_resemblance.leave_out) < 1
LEFT JOIN slice.unique_variance AS held_out
    ON
        held_out.extraction_id = summary.extraction_id
        AND held_out.layer = summary.best_layer
        AND held_out.measure_id = measure.measure_id
        AND held_out.language_group = summary.language_group
        AND held_out.predictor_set = 'baseline47'
        AND held_out.held_out = 'article'
LEFT JOIN current.exchanged_null
    ON
        exchanged_null.extraction_id = summary.extraction_id
        AND exchanged_null.layer = summary.best_layer
        AND exchanged_null.measure_id = measure.measure_id
        AND exchanged_null.language_group = summary.language_group
        AND jsonb_array_length(exchanged_null.leave_out) < 1
WHERE summary.is_default;
