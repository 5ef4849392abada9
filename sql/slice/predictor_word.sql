-- The values that predictors take from words: their length, an ingested feature, or their surprisal under a model.
--
-- Grain: one row per predictor and word that has a value.
-- Leaves out: predictors of positions and of pairs; words without a value.
-- Caveats: a first word that nothing precedes has no surprisal and stands with 0; sets that use surprisal have a
-- predictor of first words, which takes up whatever stands there.
-- Source: Pimentel & Meister 2024 for surprisal in bits, with the correction for how words begin.
-- Read by: unique_variance.
CREATE VIEW slice.predictor_word AS
SELECT
    predictor.predictor_id,
    word.sentence_id,
    word.word_position,
    length(word.word_text)::double precision AS predictor_value
FROM stimulus.predictor
CROSS JOIN stimulus.word
WHERE predictor.predictor_kind = 'word_length'
UNION ALL
SELECT
    predictor.predictor_id,
    word_feature.sentence_id,
    word_feature.word_position,
    word_feature.feature_value AS predictor_value
FROM stimulus.predictor
JOIN stimulus.feature ON feature.feature = predictor.feature
JOIN stimulus.word_feature ON word_feature.feature_id = feature.feature_id
WHERE predictor.predictor_kind = 'word_feature'
UNION ALL
SELECT
    predictor.predictor_id,
    word.sentence_id,
    word.word_position,
    COALESCE(word_surprisal.surprisal_bits, 0)::double precision AS predictor_value
FROM stimulus.predictor
JOIN model.language_model ON language_model.model = predictor.model
JOIN model.extraction ON extraction.language_model_id = language_model.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
JOIN stimulus.article ON article.corpus_id = extraction.corpus_id
JOIN stimulus.sentence ON sentence.article_id = article.article_id
JOIN stimulus.word ON word.sentence_id = sentence.sentence_id
LEFT JOIN model.word_surprisal
    ON
        word_surprisal.extraction_id = extraction.extraction_id
        AND word_surprisal.sentence_id = word.sentence_id
        AND word_surprisal.word_position = word.word_position
WHERE
    predictor.predictor_kind = 'surprisal'
    AND condition.condition = 'plain'
    AND extraction.method = 'raw'
    AND extraction.extraction_status = 'complete'
    AND (word_surprisal.surprisal_bits IS NOT NULL OR word.word_position = 0);
