-- Attention divergence of two models, by layer or quarter
--
-- Paper: Figures 2, 3, 4 and 10.
-- Caption: Jensen-Shannon divergence of the attention of a word in two extractions, mean over words, heads and sentences;
-- bars are standard errors over sentences. Grey is the reference pair, where one is declared: two models that differ in
-- nothing that should matter. Models of equal depth and heads are compared head by head, others on attention averaged over
-- the heads and layers of a quarter, which is another quantity: compare pairs within one figure only.
-- Grain: one row per pair of extractions and layer or quarter of the layers; those of reference pairs in every figure.
-- Leaves out: results without some sentences.
-- Compute: attention-divergence
-- Figure: curve
-- Axes: x=depth, y=divergence, error=error, series=series, reference=is_reference, panel=panel
-- Labels: x=Layer or quarter of the layers (from 0), y=Jensen-Shannon divergence [nats]
-- Page: corpus, comparison
-- Read by: warehouse report.
WITH
curve AS (
    SELECT
        *,
        concat_ws(
            ' / ',
            concat_ws(', ', left_model, NULLIF(left_condition, 'plain')),
            concat_ws(', ', right_model, NULLIF(right_condition, 'plain'))
        ) AS pair
    FROM mart.divergence_curve
    WHERE leave_out = '[]'
),

-- a reference pair stands beside the pairs of every other comparison of its corpus that go by the same depth
shown AS (
    SELECT
        *,
        comparison AS page,
        pair AS series,
        false AS is_reference
    FROM curve
    UNION ALL
    SELECT
        curve.*,
        other.comparison AS page,
        concat('reference: ', curve.pair) AS series,
        true AS is_reference
    FROM curve
    JOIN (SELECT DISTINCT corpus, depth_kind, comparison FROM curve) AS other
        ON
            other.corpus = curve.corpus
            AND other.depth_kind = curve.depth_kind
            AND other.comparison <> 'reference'
    WHERE curve.comparison = 'reference'
)

SELECT
    corpus,
    page AS comparison,
    CASE
        WHEN depth_kind = 'layer' THEN 'by layer, head by head'
        ELSE 'by quarter, heads averaged'
    END AS panel,
    series,
    is_reference,
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
FROM shown
ORDER BY corpus, page, panel, is_reference, series, depth;
