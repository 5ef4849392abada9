-- What is left of a resemblance when every sentence gets the attention of another one of the same number of words.
--
-- Grain: one row per model, condition, method, layer, measure, group of readers; of several seeds, the latest.
-- Key: extraction_id, layer, measure, language_group
-- Default: mart.exchanged_null_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: exchanged attention knows how long a sentence is and nothing of its words: exchanged_share is what position
-- alone gives these heads, and no share of what could be explained. Sentences whose length is their own keep theirs.
-- Source: permutation within strata, Good 2005 (Permutation, Parametric and Bootstrap Tests of Hypotheses).
-- Read by: people, BI tools, warehouse show exchanged-null.
CREATE VIEW mart.exchanged_null AS
SELECT
    shown.*,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        measure.measure,
        exchanged_null.language_group,
        exchanged_null.leave_out,
        exchanged_null.layer,
        fn.relative_depth(exchanged_null.layer, extraction.layer_count) AS relative_depth,
        exchanged_null.r2,
        exchanged_null.exchanged_r2,
        exchanged_null.exchanged_r2 / NULLIF(exchanged_null.r2, 0) AS exchanged_share,
        exchanged_null.exchanged_r2_sd,
        exchanged_null.exchanged_r2_most,
        exchanged_null.exchanged_p,
        exchanged_null.cv_r2,
        exchanged_null.exchanged_cv_r2,
        CASE WHEN exchanged_null.cv_r2 > 0 THEN exchanged_null.exchanged_cv_r2 / exchanged_null.cv_r2 END AS exchanged_cv_share,
        exchanged_null.exchanged_cv_r2_sd,
        exchanged_null.exchanged_sentence_count,
        exchanged_null.draw_count,
        exchanged_null.subject_count,
        exchanged_null.cell_count,
        exchanged_null.seed,
        exchanged_null.missing_because,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            exchanged_null.extraction_id, exchanged_null.corpus_id, measure.region_id, exchanged_null.leave_out
        ) AS warning)
        || CASE WHEN exchanged_null.cv_r2 < 0 THEN '{held_out_below_zero}'::text[] ELSE '{}' END AS usage_warnings,
        exchanged_null.run_id,
        exchanged_null.extraction_id
    FROM current.exchanged_null
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = exchanged_null.extraction_id
    JOIN human.measure ON measure.measure_id = exchanged_null.measure_id
    WHERE jsonb_array_length(exchanged_null.leave_out) < 1
) AS shown;
