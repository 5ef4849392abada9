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
-- Models: extraction_id
-- Read by: warehouse report.
SELECT
    curve.corpus,
    curve.measure,
    curve.language_group || ', ' || score.kind AS panel,
    concat_ws(', ', curve.model, NULLIF(curve.condition, 'plain'), NULLIF(curve.method, 'raw')) AS series,
    curve.model,
    curve.language_group,
    curve.layer,
    100 * score.resemblance AS percent,
    100 * score.standard_error / NULLIF(score.ceiling, 0) AS error,
    curve.run_id,
    curve.extraction_id,
    curve.subject_count,
    curve.cell_count,
    curve.usage_warnings
FROM mart.layer_curve AS curve
CROSS JOIN
    LATERAL (
        VALUES
        (1, 'in-sample (paper)', curve.resemblance, curve.standard_error, curve.ceiling),
        (2, 'cross-validated', curve.cv_resemblance, curve.cv_standard_error, curve.leave_one_out_ceiling)
    ) AS score (place, kind, resemblance, standard_error, ceiling)
WHERE curve.leave_out = '[]' AND score.resemblance IS NOT NULL
ORDER BY
    curve.corpus,
    curve.measure LIKE 'roi_value/%',
    curve.measure,
    score.place,
    curve.language_group,
    curve.parameter_count,
    series,
    curve.layer;
