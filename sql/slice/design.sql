-- What a fit can have on its right-hand side: a layer's heads, a set of predictors, or both side by side.
--
-- Grain: one row per corpus, set of predictors and what is fitted: of no set (none) the heads, of every other one the set
-- (set) and the set beside the heads (joint).
-- Leaves out: sets with a feature that the corpus does not have, or with the surprisal of a model that has not read it.
-- Read by: the plans of ridge_resemblance and count_model.
CREATE VIEW slice.design AS
SELECT
    corpus.corpus_id,
    'none' AS predictor_set,
    'heads' AS fitted
FROM stimulus.corpus
UNION ALL
SELECT
    predictor_set.corpus_id,
    predictor_set.predictor_set,
    fit.fitted
FROM current.predictor_set
CROSS JOIN (VALUES ('set'), ('joint')) AS fit (fitted);
