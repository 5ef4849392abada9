-- How sure r2 and resemblance are: bootstrap intervals of 95 % over readers, sentences and both.
--
-- Grain: one row per model, condition, method, layer, measure, group of readers, statistic and kind of cluster; of
-- several seeds, the latest.
-- Key: extraction_id, layer, measure, language_group, statistic, cluster_kind
-- Default: mart.resemblance_interval_default. Here condition, method, measure, statistic and cluster_kind differ from
-- row to row: choose one of each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: joined to a curve it gives a row for each statistic and kind of cluster: mart.layer_curve carries the intervals.
-- No interval undoes the choice of the best layer; see mart.layer_choice.
-- Source: Efron & Tibshirani 1993, chapters 10 and 13: percentiles of the draws, reflected about the estimate
-- (basic bootstrap), which need not contain it.
-- Read by: people, BI tools, warehouse show corrected-resemblance --layers.
CREATE VIEW mart.resemblance_interval AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.statistic = 'resemblance'
    AND shown.cluster_kind = 'reader and sentence' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        language_model.model,
        condition.condition,
        extraction.method,
        corpus.corpus,
        measure.measure,
        resemblance_interval.language_group,
        resemblance_interval.leave_out,
        resemblance_interval.layer,
        fn.relative_depth(resemblance_interval.layer, language_model.layer_count) AS relative_depth,
        resemblance_interval.statistic,
        resemblance_interval.cluster_kind,
        resemblance_interval.estimate,
        resemblance_interval.interval_low,
        resemblance_interval.interval_high,
        resemblance_interval.bootstrap_bias,
        resemblance_interval.bias_corrected,
        resemblance_interval.resample_count,
        resemblance_interval.seed,
        resemblance_interval.missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            resemblance_interval.extraction_id, resemblance_interval.corpus_id, measure.region_id, resemblance_interval.leave_out
        ) AS warning) AS usage_warnings,
        resemblance_interval.run_id,
        resemblance_interval.extraction_id
    FROM current.resemblance_interval
    JOIN model.extraction ON extraction.extraction_id = resemblance_interval.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = resemblance_interval.corpus_id
    JOIN human.measure ON measure.measure_id = resemblance_interval.measure_id
    WHERE jsonb_array_length(resemblance_interval.leave_out) < 1
) AS shown;
