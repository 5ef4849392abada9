-- Resemblance and the size of models
--
-- Paper: Figures 7 and 16.
-- Caption: Resemblance over the number of parameters, the line of pretrained models on its logarithm, the 95 % band of
-- the mean of models of a size (dark), and the 95 % prediction interval of one new model (light). In-sample as in the
-- paper, and with the layer chosen on other articles (nested). Dotted is extrapolation: nothing was measured there, and
-- the line is bounded by nothing. Bars are intervals of 95 % of a model. Open points are models that it was not fitted
-- to: tuned or untrained. Where the band leaves the figure it is cut; the CSV file has it.
-- Grain: one row per model, and per point of the line (without model), for each group of readers and kind of score.
-- Leaves out: results without some sentences; models of unknown size; models with a prefix.
-- Compute: scale-fit
-- Figure: fit
-- Axes: x=billion_parameters, y=percent, low=low, high=high, outer_low=prediction_low, outer_high=prediction_high,
-- label=model, stage=stage, panel=panel, scale=log
-- Reference: 100=ceiling
-- Labels: x=Parameters [billions], y=R2 / ceiling [%]
-- Page: corpus, measure
-- Read by: warehouse report.
WITH
model_score AS (
    SELECT
        model_summary.*,
        score.score_kind,
        CASE score.score_kind
            WHEN 'resemblance' THEN model_summary.resemblance
            ELSE model_summary.nested_resemblance
        END AS score,
        CASE score.score_kind WHEN 'resemblance' THEN model_summary.interval_low ELSE model_summary.nested_low END AS score_low,
        CASE score.score_kind WHEN 'resemblance' THEN model_summary.interval_high ELSE model_summary.nested_high END AS score_high
    FROM mart.model_summary
    CROSS JOIN (VALUES ('resemblance'), ('nested_resemblance')) AS score (score_kind)
),

point AS (
    SELECT
        corpus,
        measure,
        language_group,
        score_kind,
        parameter_count,
        100 * score AS percent,
        100 * score_low AS low,
        100 * score_high AS high,
        NULL::double precision AS prediction_low,
        NULL::double precision AS prediction_high,
        model,
        stage,
        false AS is_extrapolation,
        run_id,
        subject_count,
        usage_warnings
    FROM model_score
    WHERE
        leave_out = '[]' AND condition = 'plain' AND method = 'raw'
        AND parameter_count IS NOT NULL AND score IS NOT NULL
    UNION ALL
    SELECT
        corpus,
        measure,
        language_group,
        score_kind,
        parameter_count,
        100 * predicted AS percent,
        100 * band_low AS low,
        100 * band_high AS high,
        100 * prediction_low AS prediction_low,
        100 * prediction_high AS prediction_high,
        NULL AS model,
        NULL AS stage,
        is_extrapolation,
        run_id,
        NULL AS subject_count,
        usage_warnings
    FROM mart.scale_prediction
    WHERE
        leave_out = '[]' AND condition = 'plain' AND method = 'raw' AND model_choice = 'all'
        AND score_kind IN ('resemblance', 'nested_resemblance')
)

SELECT
    corpus,
    measure,
    language_group || CASE score_kind WHEN 'resemblance' THEN ', in-sample (paper)' ELSE ', nested' END AS panel,
    language_group,
    parameter_count / 1e9 AS billion_parameters,
    percent,
    low,
    high,
    prediction_low,
    prediction_high,
    model,
    stage,
    is_extrapolation,
    run_id,
    subject_count,
    usage_warnings
FROM point
ORDER BY corpus, measure LIKE 'roi_value/%', measure, score_kind DESC, language_group, parameter_count, model;
