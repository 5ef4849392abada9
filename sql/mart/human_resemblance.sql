-- How well the heads of a layer explain where each reader looks back, with names.
--
-- Grain: one row per model, condition, method, layer, measure, reader.
-- Key: extraction_id, layer, measure, subject_id
-- Default: mart.human_resemblance_default. Here condition, method and measure differ from row to row: choose one of each
-- before you average.
-- Leaves out: results without some sentences; runs that are not done, superseded units, extractions that are not
-- complete, excluded readers.
-- Caveats: r2 is in-sample and grows with the number of heads; compare adjusted_r2 and cv_r2.
-- Source: Gao et al. 2023 (EMNLP Findings), section 3.
-- Read by: people and BI tools.
CREATE VIEW mart.human_resemblance AS
SELECT
    shown.*,
    shown.subject_label AS reader,
    fn.is_default(shown.method, shown.condition, shown.measure) AS is_default,
    jsonb_array_length(shown.leave_out) < 1 AS is_whole_text
FROM (
    SELECT
        language_model.model,
        (SELECT condition.condition FROM model.condition WHERE condition.condition_id = extraction.condition_id) AS condition,
        extraction.method,
        (SELECT corpus.corpus FROM stimulus.corpus WHERE corpus.corpus_id = human_resemblance.corpus_id) AS corpus,
        measure.measure,
        subject.language_group,
        subject.language_group || '/' || subject.subject_label AS subject_label,
        human_resemblance.leave_out,
        human_resemblance.layer,
        fn.relative_depth(human_resemblance.layer, language_model.layer_count) AS relative_depth,
        human_resemblance.r2,
        human_resemblance.adjusted_r2,
        human_resemblance.cv_r2,
        human_resemblance.cell_count,
        human_resemblance.predictor_count,
        human_resemblance.rank,
        human_resemblance.condition_number,
        human_resemblance.subject_id,
        human_resemblance.run_id,
        human_resemblance.extraction_id
    -- eight tables, which the planner takes together (join_collapse_limit): what is beyond them it may join by name to a view
    -- that this one is joined to, and then begin this one anew for each row of that
    FROM current.human_resemblance
    JOIN model.extraction ON extraction.extraction_id = human_resemblance.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN human.measure ON measure.measure_id = human_resemblance.measure_id
    JOIN human.subject ON subject.subject_id = human_resemblance.subject_id
    -- not an equality, of which the planner would expect one row in 200
    WHERE jsonb_array_length(human_resemblance.leave_out) < 1
) AS shown;
