-- Human resemblance by layer beside what a reviewer asks for: chance, held-out text, ceilings, equal numbers of heads.
--
-- Grain: one row per model, condition, method, layer, measure, group of readers; of several seeds, the
-- latest. The interval is that of resemblance, with readers and sentences drawn.
-- Key: extraction_id, layer, measure, language_group
-- Default: mart.corrected_resemblance_default. Here condition, method and measure differ from row to row: choose one of
-- each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: r2 and resemblance are in-sample and grow with the number of heads; matched_ and component_ do not.
-- Source: random_r2 is the expectation of R2 under no relation, rank/(n - 1).
-- Read by: people, BI tools, warehouse show corrected-resemblance.
CREATE VIEW mart.corrected_resemblance AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        corrected_resemblance.language_group,
        corrected_resemblance.leave_out,
        corrected_resemblance.layer,
        fn.relative_depth(corrected_resemblance.layer, extraction.layer_count) AS relative_depth,
        corrected_resemblance.r2,
        layer_curve.adjusted_r2,
        layer_curve.cv_r2,
        corrected_resemblance.sentence_cv_r2,
        corrected_resemblance.random_r2,
        corrected_resemblance.r2 - corrected_resemblance.random_r2 AS r2_above_random,
        corrected_resemblance.matched_head_count,
        corrected_resemblance.subset_count,
        corrected_resemblance.matched_r2,
        corrected_resemblance.matched_r2_sd,
        corrected_resemblance.component_r2,
        layer_curve.ceiling,
        layer_curve.leave_one_out_ceiling,
        ceilings.split_half_ceiling,
        layer_curve.resemblance,
        resemblance_interval.interval_low,
        resemblance_interval.interval_high,
        layer_curve.adjusted_resemblance,
        layer_curve.cv_resemblance,
        corrected_resemblance.matched_r2 / NULLIF(layer_curve.ceiling, 0) AS matched_resemblance,
        corrected_resemblance.component_r2 / NULLIF(layer_curve.ceiling, 0) AS component_resemblance,
        corrected_resemblance.subject_count,
        corrected_resemblance.cell_count,
        corrected_resemblance.predictor_count,
        corrected_resemblance.seed,
        COALESCE(corrected_resemblance.missing_because, resemblance_interval.missing_because) AS missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            corrected_resemblance.extraction_id, corrected_resemblance.corpus_id, measure.region_id, corrected_resemblance.leave_out
        ) AS warning) AS usage_warnings,
        corrected_resemblance.run_id,
        corrected_resemblance.extraction_id
    FROM current.corrected_resemblance
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = corrected_resemblance.extraction_id
    JOIN human.measure ON measure.measure_id = corrected_resemblance.measure_id
    -- each once: what is made distinct is kept, where a join that is taken to begin once begins again for each row
    LEFT JOIN (
        SELECT DISTINCT
            extraction_id,
            layer,
            measure_id,
            language_group,
            model,
            condition,
            method,
            corpus,
            measure,
            adjusted_r2,
            cv_r2,
            ceiling,
            leave_one_out_ceiling,
            resemblance,
            adjusted_resemblance,
            cv_resemblance
        FROM slice.layer_curve
        WHERE jsonb_array_length(leave_out) < 1
    ) AS layer_curve
        ON
            layer_curve.extraction_id = corrected_resemblance.extraction_id
            AND layer_curve.layer = corrected_resemblance.layer
            AND layer_curve.measure_id = corrected_resemblance.measure_id
            AND layer_curve.language_group = corrected_resemblance.language_group
            -- said of the names too: what is asked of one side is then asked of the other
            AND layer_curve.model = extraction.model
            AND layer_curve.condition = extraction.condition
            AND layer_curve.method = extraction.method
            AND layer_curve.corpus = extraction.corpus
            AND layer_curve.measure = measure.measure
    LEFT JOIN current.resemblance_interval
        ON
            resemblance_interval.run_id = corrected_resemblance.run_id
            AND resemblance_interval.extraction_id = corrected_resemblance.extraction_id
            AND resemblance_interval.layer = corrected_resemblance.layer
            AND resemblance_interval.measure_id = corrected_resemblance.measure_id
            AND resemblance_interval.language_group = corrected_resemblance.language_group
            AND resemblance_interval.statistic = 'resemblance'
            AND resemblance_interval.cluster_kind = 'reader and sentence'
    LEFT JOIN current.noise_ceiling_by_group AS ceilings
        ON
            ceilings.corpus_id = corrected_resemblance.corpus_id
            AND ceilings.measure_id = corrected_resemblance.measure_id
            AND ceilings.language_group = corrected_resemblance.language_group
            AND ceilings.leave_out = corrected_resemblance.leave_out
    WHERE jsonb_array_length(corrected_resemblance.leave_out) < 1
) AS shown;
