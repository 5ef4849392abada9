-- How far the heads of models follow trivial patterns
--
-- Paper: Figure 11.
-- Caption: R2 of each head's attention on the patterns of the set, mean over the heads of a layer with its standard error
-- (the paper's value), and pooled: explained over total variance of all heads, which weighs a head by its variance.
-- Grain: one row per model, condition, layer and kind of mean.
-- Leaves out: results without some sentences.
-- Compute: trivial-reliance
-- Figure: curve
-- Axes: x=layer, y=r2, error=error, series=series, panel=panel
-- Labels: x=Layer, y=R2
-- Page: corpus, pattern_set
-- Models: model
-- Read by: warehouse report.
WITH mean AS (
    SELECT
        *,
        'mean over heads (paper)' AS panel,
        standard_error AS error,
        r2 AS shown_r2
    FROM mart.layer_reliance
    UNION ALL
    SELECT
        *,
        'pooled over heads' AS panel,
        NULL::double precision AS error,
        pooled_r2 AS shown_r2
    FROM mart.layer_reliance
)

SELECT
    corpus,
    pattern_set,
    panel,
    concat_ws(', ', model, NULLIF(condition, 'plain'), NULLIF(method, 'raw')) AS series,
    model,
    layer,
    shown_r2 AS r2,
    error,
    head_count,
    run_id,
    cell_count,
    usage_warnings
FROM mean
WHERE leave_out = '[]' AND shown_r2 IS NOT NULL
ORDER BY corpus, pattern_set, panel, parameter_count, series, layer;
