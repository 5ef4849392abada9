-- Attention divergence of two models, by layer or quarter
--
-- Paper: Figures 2, 3, 4 and 10.
-- Caption: Jensen-Shannon divergence of the attention of a word in two extractions, mean over words, heads and sentences;
-- bars are standard errors over sentences. Models of equal depth and heads are compared head by head, others on attention
-- averaged over the heads and layers of a quarter, which is another quantity: compare pairs within one figure only.
-- Grain: one row per pair of extractions and layer or quarter of the layers.
-- Leaves out: results without some sentences.
-- Compute: attention-divergence
-- Figure: curve
-- Axes: x=depth, y=divergence, error=error, series=series, panel=panel
-- Labels: x=Layer or quarter of the layers, y=Divergence [nats]
-- Page: corpus, comparison
-- Read by: warehouse report.
SELECT
    corpus,
    comparison,
    CASE
        WHEN depth_kind = 'layer' THEN 'by layer, head by head'
        ELSE 'by quarter, heads averaged'
    END AS panel,
    concat_ws(
        ' / ',
        concat_ws(', ', left_model, NULLIF(left_condition, 'plain')),
        concat_ws(', ', right_model, NULLIF(right_condition, 'plain'))
    ) AS series,
    depth_kind,
    depth,
    CASE WHEN depth_kind = 'layer' THEN js_nats ELSE js_head_averaged_nats END AS divergence,
    CASE
        WHEN depth_kind = 'layer' THEN js_standard_error_nats
        ELSE js_head_averaged_standard_error_nats
    END AS error,
    jeffreys_nats,
    jeffreys_infinite_count,
    sentence_count,
    run_id,
    usage_warnings
FROM mart.divergence_curve
WHERE leave_out = '[]'
ORDER BY corpus, comparison, panel, series, depth;
