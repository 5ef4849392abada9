-- The sets of predictors that can be asked of each corpus.
--
-- Grain: one row per corpus and set of predictors.
-- Leaves out: sets with a feature that the corpus does not have, or with the surprisal of a model that has not read it.
-- Read by: the plan of unique_variance.
CREATE VIEW slice.predictor_set AS
SELECT
    predictor_set.corpus_id,
    predictor_set.predictor_set
FROM current.predictor_set;
