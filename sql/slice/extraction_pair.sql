-- Where two extractions can be compared: layer by layer in models of equal depth, and by quarters of the layers.
--
-- Grain: one row per pair of current.extraction_pair, kind of depth and depth.
-- Leaves out: layers and quarters of which one side holds nothing.
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.1: the layers of models of different depth are cut into quarters.
-- Quarters of models of equal depth stand beside their layers, for comparison with pairs that have quarters only.
-- Read by: the plan of attention_divergence.
CREATE VIEW slice.extraction_pair AS
SELECT
    extraction_pair.comparison,
    extraction_pair.left_extraction_id,
    extraction_pair.right_extraction_id,
    extraction_pair.corpus_id,
    extraction_pair.corpus,
    extraction_pair.method,
    extraction_pair.left_model,
    extraction_pair.right_model,
    extraction_pair.left_condition,
    extraction_pair.right_condition,
    extraction_pair.left_layer_count,
    extraction_pair.right_layer_count,
    extraction_pair.left_head_count,
    extraction_pair.right_head_count,
    extraction_pair.left_layers,
    extraction_pair.right_layers,
    extraction_pair.left_digest,
    extraction_pair.right_digest,
    extraction_pair.left_kept,
    extraction_pair.right_kept,
    held.depth_kind,
    held.depth
FROM current.extraction_pair
CROSS JOIN LATERAL (
    SELECT
        'layer' AS depth_kind,
        left_held.layer AS depth
    FROM unnest(extraction_pair.left_layers) AS left_held (layer)
    JOIN unnest(extraction_pair.right_layers) AS right_held (layer) ON right_held.layer = left_held.layer
    WHERE extraction_pair.left_layer_count = extraction_pair.right_layer_count
    UNION ALL
    SELECT
        'quarter' AS depth_kind,
        quarters.depth::smallint AS depth
    FROM (
        SELECT 4 * left_held.layer / extraction_pair.left_layer_count AS depth
        FROM unnest(extraction_pair.left_layers) AS left_held (layer)
        INTERSECT
        SELECT 4 * right_held.layer / extraction_pair.right_layer_count AS depth
        FROM unnest(extraction_pair.right_layers) AS right_held (layer)
    ) AS quarters
) AS held;
