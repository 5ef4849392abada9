-- How far the heads of each layer follow trivial patterns (first word, previous word, the word itself), with names.
--
-- Grain: one row per model, condition, method, layer, set of patterns.
-- Key: extraction_id, layer, pattern_set
-- Default: mart.layer_reliance_default. Here condition, method and pattern_set differ from row to row: choose one of
-- each before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete.
-- Caveats: r2 is the mean over heads, as in the paper; pooled_r2 weighs a head by the variance of its attention.
-- Source: Gao et al. 2023 (EMNLP Findings).
-- Read by: people, BI tools, warehouse show trivial-reliance.
CREATE VIEW mart.layer_reliance AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.condition)
    AND shown.pattern_set = 'trivial' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.stage,
        extraction.parameter_count,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        layer_reliance.pattern_set,
        layer_reliance.leave_out,
        layer_reliance.layer,
        fn.relative_depth(layer_reliance.layer, extraction.layer_count) AS relative_depth,
        4 * layer_reliance.layer / extraction.layer_count AS quarter,
        layer_reliance.r2,
        layer_reliance.standard_error,
        layer_reliance.pooled_r2,
        layer_reliance.adjusted_r2,
        layer_reliance.cv_r2,
        extraction.head_count,
        layer_reliance.cell_count,
        layer_reliance.rank,
        ARRAY(SELECT warning FROM fn.usage_warnings(layer_reliance.extraction_id, NULL, NULL, NULL) AS warning) AS usage_warnings,
        layer_reliance.run_id,
        layer_reliance.extraction_id
    FROM current.layer_reliance
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = layer_reliance.extraction_id
    WHERE jsonb_array_length(layer_reliance.leave_out) < 1
) AS shown;
