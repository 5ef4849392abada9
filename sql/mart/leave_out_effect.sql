-- What leaving sentences out on request does to resemblance: each result without them beside the one with all.
--
-- Grain: one row per model, condition, method, measure, group of readers and set of sentences left out.
-- Key: extraction_id, measure, language_group, leave_out_text
-- Leaves out: results with all sentences alone (mart.model_summary); runs that are not done, superseded units, extractions
-- that are not complete, excluded readers. Layers that one side lacks count for neither.
-- Read by: people, BI tools.
CREATE VIEW mart.leave_out_effect AS
SELECT
    shown.*,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        without.model,
        without.condition,
        without.method,
        without.corpus,
        without.measure,
        without.language_group,
        without.leave_out,
        without.leave_out::text AS leave_out_text,
        without.layer AS best_layer,
        without.relative_depth,
        without.r2,
        whole.r2 AS whole_r2,
        without.cv_r2,
        whole.cv_r2 AS whole_cv_r2,
        without.ceiling,
        whole.ceiling AS whole_ceiling,
        without.resemblance,
        whole.resemblance AS whole_resemblance,
        without.resemblance - whole.resemblance AS difference,
        without.subject_count,
        without.cell_count,
        whole.cell_count AS whole_cell_count,
        ARRAY(
            SELECT warning
            FROM fn.usage_warnings(without.extraction_id, without.corpus_id, without.region_id, without.leave_out) AS warning
        ) AS usage_warnings,
        without.run_id,
        without.extraction_id
    FROM (
        SELECT
            layer_curve.*,
            row_number() OVER (
                PARTITION BY
                    layer_curve.extraction_id, layer_curve.measure_id, layer_curve.language_group, layer_curve.leave_out
                ORDER BY layer_curve.r2 DESC NULLS LAST, layer_curve.layer
            ) AS place
        FROM slice.layer_curve
        WHERE layer_curve.leave_out <> '[]'
    ) AS without
    JOIN slice.layer_curve AS whole
        ON
            whole.extraction_id = without.extraction_id
            AND whole.layer = without.layer
            AND whole.measure_id = without.measure_id
            AND whole.language_group = without.language_group
            AND whole.leave_out = '[]'
    WHERE without.place = 1
) AS shown;
