-- How far each head follows trivial patterns (first word, previous word, the word itself), with names.
--
-- Grain: one row per model, condition, method, layer, head, set of patterns.
-- Key: extraction_id, layer, head, pattern_set
-- Default: mart.head_reliance_default. Here condition, method and pattern_set differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not complete.
-- Source: Gao et al. 2023 (EMNLP Findings): R2 of regressing the head's attention on the patterns.
-- Read by: people, BI tools, warehouse show trivial-reliance --layers.
CREATE VIEW mart.head_reliance AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.condition)
    AND shown.pattern_set = 'trivial' AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.parameter_count,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        head_reliance.pattern_set,
        head_reliance.leave_out,
        head_reliance.layer,
        fn.relative_depth(head_reliance.layer, extraction.layer_count) AS relative_depth,
        head_reliance.head,
        head_reliance.r2,
        head_reliance.adjusted_r2,
        head_reliance.cv_r2,
        ARRAY(SELECT warning FROM fn.usage_warnings(head_reliance.extraction_id, NULL, NULL, NULL) AS warning) AS usage_warnings,
        head_reliance.run_id,
        head_reliance.extraction_id
    FROM current.head_reliance
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = head_reliance.extraction_id
    WHERE jsonb_array_length(head_reliance.leave_out) < 1
) AS shown;
