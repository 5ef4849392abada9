-- What a layer's heads explain beyond a set of predictors, what the set explains beyond the heads, and what is common.
--
-- Grain: one row per model, condition, method, layer, measure, group of readers, set of predictors and what was held
-- out: nothing (in-sample), each article, each sentence.
-- Key: extraction_id, layer, measure, language_group, predictor_set, held_out
-- Default: mart.unique_variance_default. Here condition, method, measure, predictor_set and held_out differ from row to
-- row: choose one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: in-sample unique_r2 is above 0 for heads of noise too; corrected_unique_r2 with its interval, and the rows
-- of what was held out, are not. p-values are corrected over the layers of a model.
-- Source: Newton & Spurrell (1967), commonality analysis; Dunn (1961), Holm (1979), Benjamini & Hochberg (1995).
-- Read by: people, BI tools, warehouse show unique-variance.
CREATE VIEW mart.unique_variance AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.predictor_set = 'baseline47'
    AND shown.held_out = 'article' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        unique_variance.language_group,
        unique_variance.leave_out,
        unique_variance.predictor_set,
        unique_variance.held_out,
        unique_variance.layer,
        fn.relative_depth(unique_variance.layer, extraction.layer_count) AS relative_depth,
        unique_variance.set_r2,
        unique_variance.set_se,
        unique_variance.heads_r2,
        unique_variance.heads_se,
        unique_variance.joint_r2,
        unique_variance.joint_se,
        unique_variance.unique_r2,
        unique_variance.unique_se,
        unique_variance.set_unique_r2,
        unique_variance.set_unique_se,
        unique_variance.common_r2,
        unique_variance.corrected_unique_r2,
        unique_variance.unique_low,
        unique_variance.unique_high,
        unique_variance.sentence_se,
        unique_variance.t_statistic,
        unique_variance.degrees_of_freedom,
        unique_variance.p_one_sided,
        unique_variance.p_bonferroni,
        unique_variance.p_holm,
        unique_variance.p_benjamini_hochberg,
        unique_variance.test_count,
        unique_variance.effect_size,
        unique_variance.effect_low,
        unique_variance.effect_high,
        unique_variance.subject_count,
        unique_variance.cell_count,
        unique_variance.set_rank,
        unique_variance.heads_rank,
        unique_variance.joint_rank,
        unique_variance.missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            unique_variance.extraction_id, unique_variance.corpus_id, measure.region_id, unique_variance.leave_out
        ) AS warning) AS usage_warnings,
        unique_variance.run_id,
        unique_variance.extraction_id
    FROM slice.unique_variance
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = unique_variance.extraction_id
    JOIN human.measure ON measure.measure_id = unique_variance.measure_id
) AS shown;
