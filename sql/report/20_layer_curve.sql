-- Human resemblance by layer
--
-- Paper: Figures 6 and 15.
-- Caption: Mean R2 over readers divided by the noise ceiling, by layer; bars are standard errors over readers. Above the
-- paper's value (in-sample, ceiling with the reader in it), below articles that were held out over the leave-one-out
-- ceiling, which does not grow with the number of heads. Layers that are not loaded are gaps.
-- Grain: one row per model, condition, layer, group of readers and kind of score.
-- Leaves out: results without some sentences; ratios to a ceiling that is missing.
-- Compute: human-resemblance
-- Figure: curve
-- Axes: x=layer, y=percent, error=error, series=series, panel=panel
-- Labels: x=Layer, y=R2 / ceiling [%]
-- Reference: 0=nothing explained, 100=ceiling
-- Page: corpus, measure
-- Read by: warehouse report.
WITH score AS (
    SELECT
        *,
        1 AS place,
        language_group || ', in-sample (paper)' AS panel,
        100 * resemblance AS percent,
        100 * standard_error / NULLIF(ceiling, 0) AS error
    FROM mart.layer_curve
    UNION ALL
    SELECT
        *,
        2 AS place,
        language_group || ', cross-validated' AS panel,
        100 * cv_resemblance AS percent,
        100 * cv_standard_error / NULLIF(leave_one_out_ceiling, 0) AS error
    FROM mart.layer_curve
)

SELECT
    corpus,
    measure,
    panel,
    concat_ws(', ', model, NULLIF(condition, 'plain'), NULLIF(method, 'raw')) AS series,
    model,
    language_group,
    layer,
    percent,
    error,
    run_id,
    subject_count,
    cell_count,
    usage_warnings
FROM score
WHERE leave_out = '[]' AND percent IS NOT NULL
ORDER BY corpus, measure LIKE 'roi_value/%', measure, place, language_group, parameter_count, series, layer;
