-- What a choice of the layer without an article goes by, and the layer's error on the article, as they hold now.
--
-- Grain: one row per extraction, layer, measure, group of readers, article and set of sentences left out on request.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: layer_choice.
CREATE VIEW current.article_score AS
SELECT
    article_score.run_id,
    article_score.unit_id,
    article_score.extraction_id,
    article_score.layer,
    article_score.measure_id,
    article_score.language_group,
    article_score.article_position,
    article_score.choice_r2,
    article_score.held_out_error,
    article_score.reader_errors,
    article_score.subject_labels,
    extraction.corpus_id,
    active_unit.leave_out
FROM result.article_score
JOIN current.active_unit ON active_unit.run_id = article_score.run_id AND active_unit.unit_id = article_score.unit_id
JOIN model.extraction ON extraction.extraction_id = article_score.extraction_id
WHERE fn.is_complete(extraction.extraction_status);
