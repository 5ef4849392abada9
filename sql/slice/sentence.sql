-- The sentences of each corpus.
--
-- Grain: one row per sentence.
-- Leaves out: nothing.
-- Read by: every analysis, for the order of cells and for the folds of cross-validation (articles).
CREATE VIEW slice.sentence AS
SELECT
    article.corpus_id,
    sentence.sentence_id,
    sentence.sentence_label,
    article.article_position,
    sentence.word_count
FROM stimulus.sentence
JOIN stimulus.article ON article.article_id = sentence.article_id;
