-- The best layer of each model: that with the highest mean r2 of a group of readers, the first of equal ones.
--
-- Grain: one row per extraction, measure and group of readers.
-- Leaves out: results without some sentences; what slice.layer_curve leaves out.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3: the layer is chosen on the data that score it.
-- Read by: mart.model_summary, mart.layer_choice, mart.region_summary, mart.resemblance_in_context and
-- mart.resemblance_leaderboard.
CREATE VIEW slice.layer_curve_best AS
SELECT
    ranked.*, -- noqa: AM04
    fn.ratio_missing_because(
        ranked.region_id,
        ranked.cv_r2,
        LEAST(ranked.ceiling, ranked.leave_one_out_ceiling),
        ranked.predictor_count,
        ranked.cell_count
    ) AS ratio_missing_because
FROM (
    SELECT
        layer_curve.*,
        row_number() OVER (whole_model ORDER BY layer_curve.r2 DESC NULLS LAST, layer_curve.layer) AS place,
        (count(*) OVER whole_model)::integer AS layer_total
    FROM slice.layer_curve
    WHERE jsonb_array_length(layer_curve.leave_out) < 1
    WINDOW whole_model AS (
        PARTITION BY
            layer_curve.extraction_id,
            layer_curve.measure_id,
            layer_curve.language_group,
            -- names of these: who asks for one by name waits for one
            layer_curve.model,
            layer_curve.condition,
            layer_curve.method,
            layer_curve.corpus_id,
            layer_curve.corpus,
            layer_curve.measure,
            layer_curve.region_id
    )
) AS ranked
WHERE ranked.place = 1;
