-- The values that predictors take from word pairs, as ingested.
--
-- Grain: one row per predictor and word pair that has a value.
-- Leaves out: predictors of positions and of words; pairs without a value.
-- Read by: unique_variance.
CREATE VIEW slice.predictor_pair AS
SELECT
    predictor.predictor_id,
    pair_feature.sentence_id,
    pair_feature.from_word,
    pair_feature.to_word,
    pair_feature.feature_value AS predictor_value
FROM stimulus.predictor
JOIN stimulus.feature ON feature.feature = predictor.feature
JOIN stimulus.pair_feature ON pair_feature.feature_id = feature.feature_id
WHERE predictor.predictor_kind = 'pair_feature';
