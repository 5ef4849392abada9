-- The sets of predictors, what is in them, and which corpora they can be asked of.
--
-- Grain: one row per corpus, set and predictor.
-- Key: corpus, predictor_set, predictor_name
-- Leaves out: sets that a corpus lacks a feature or a model's surprisal for.
-- Read by: people, BI tools, warehouse show.
CREATE VIEW mart.predictor_set AS
SELECT
    corpus.corpus,
    predictor_set.predictor_set,
    predictor.predictor_name,
    predictor.predictor_kind,
    predictor.level_low,
    predictor.level_high,
    predictor.of_word,
    predictor.feature,
    predictor.model,
    predictor_set.description,
    predictor_set.source
FROM slice.predictor_set AS offered
JOIN stimulus.corpus ON corpus.corpus_id = offered.corpus_id
JOIN stimulus.predictor_set ON predictor_set.predictor_set = offered.predictor_set
JOIN stimulus.predictor_set_member ON predictor_set_member.predictor_set = offered.predictor_set
JOIN stimulus.predictor ON predictor.predictor_id = predictor_set_member.predictor_id;
