-- What a layer's heads explain of each reader beyond a set of predictors.
--
-- Grain: one row per model, condition, method, layer, measure, reader, set of predictors and what was held out.
-- Key: extraction_id, layer, measure, subject_id, predictor_set, held_out
-- Default: mart.reader_unique_variance_default. Here condition, method, measure, predictor_set and held_out differ from
-- row to row: choose one of each before you average.
-- Leaves out: results without some sentences; readers without variation or who read too little; runs that are not done,
-- superseded units, extractions that are not complete, excluded readers.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_unique_variance AS
SELECT
    shown.*,
    shown.subject_label AS reader,
    fn.is_default(shown.method, shown.condition, shown.measure)
    AND shown.predictor_set = 'baseline47'
    AND shown.held_out = 'article' AS is_default
FROM (
    SELECT
        language_model.model,
        condition.condition,
        extraction.method,
        corpus.corpus,
        measure.measure,
        unique_variance.language_group,
        unique_variance.language_group || '/' || reader.subject_label AS subject_label,
        unique_variance.predictor_set,
        unique_variance.held_out,
        unique_variance.layer,
        fn.relative_depth(unique_variance.layer, language_model.layer_count) AS relative_depth,
        reader.set_r2,
        reader.heads_r2,
        reader.joint_r2,
        reader.joint_r2 - reader.set_r2 AS unique_r2,
        reader.joint_r2 - reader.heads_r2 AS set_unique_r2,
        reader.set_r2 + reader.heads_r2 - reader.joint_r2 AS common_r2,
        subject.subject_id,
        unique_variance.run_id,
        unique_variance.extraction_id
    FROM current.unique_variance
    CROSS JOIN
        LATERAL unnest(
            unique_variance.subject_labels,
            unique_variance.reader_set_r2,
            unique_variance.reader_heads_r2,
            unique_variance.reader_joint_r2
        ) AS reader (subject_label, set_r2, heads_r2, joint_r2)
    JOIN model.extraction ON extraction.extraction_id = unique_variance.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = unique_variance.corpus_id
    JOIN human.measure ON measure.measure_id = unique_variance.measure_id
    JOIN human.subject
        ON
            subject.corpus_id = unique_variance.corpus_id
            AND subject.language_group = unique_variance.language_group
            AND subject.subject_label = reader.subject_label
    WHERE jsonb_array_length(unique_variance.leave_out) < 1 AND reader.joint_r2 <> 'NaN'
) AS shown;
