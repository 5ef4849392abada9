-- What is known of words without any model: their length, and their frequency where the corpus has it.
--
-- Grain: one row per word.
-- Leaves out: nothing; log10_frequency is null where the corpus has no such word feature, or the word no value.
-- Read by: surprisal_fit.
CREATE VIEW slice.word_baseline AS
SELECT
    article.corpus_id,
    word.sentence_id,
    word.word_position,
    length(word.word_text)::double precision AS character_count,
    word_feature.feature_value AS log10_frequency
FROM stimulus.word
JOIN stimulus.sentence ON sentence.sentence_id = word.sentence_id
JOIN stimulus.article ON article.article_id = sentence.article_id
LEFT JOIN stimulus.feature ON feature.corpus_id = article.corpus_id AND feature.feature = 'log10_frequency'
LEFT JOIN stimulus.word_feature
    ON
        word_feature.feature_id = feature.feature_id
        AND word_feature.sentence_id = word.sentence_id
        AND word_feature.word_position = word.word_position;
