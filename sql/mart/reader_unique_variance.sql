-- What a layer's heads explain of each reader beyond a set of predictors.
--
-- Grain: one row per model, condition, method, layer, measure, reader, set of predictors and what was held out.
-- Leaves out: results without some sentences; readers without variation or who read too little; runs that are not done,
-- superseded units, extractions that are not complete, excluded readers.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_unique_variance AS
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
    reader.set_r2,
    reader.heads_r2,
    reader.joint_r2,
    reader.joint_r2 - reader.set_r2 AS unique_r2,
    reader.joint_r2 - reader.heads_r2 AS set_unique_r2,
    reader.set_r2 + reader.heads_r2 - reader.joint_r2 AS common_r2,
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
WHERE jsonb_array_length(unique_variance.leave_out) < 1 AND reader.joint_r2 <> 'NaN';
