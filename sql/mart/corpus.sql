-- The texts that people and models read, with licence and what to cite.
--
-- Grain: one row per corpus.
-- Key: corpus
-- Leaves out: nothing.
-- Read by: people, BI tools.
CREATE VIEW mart.corpus AS
SELECT
    corpus.corpus,
    corpus.language,
    corpus.licence,
    corpus.citation,
    corpus.is_simulated,
    corpus.pair_unit,
    count(DISTINCT article.article_id)::integer AS article_count,
    count(sentence.sentence_id)::integer AS sentence_count,
    sum(sentence.word_count)::integer AS word_total,
    corpus.corpus_id
FROM stimulus.corpus
LEFT JOIN stimulus.article ON article.corpus_id = corpus.corpus_id
LEFT JOIN stimulus.sentence ON sentence.article_id = article.article_id
GROUP BY
    corpus.corpus_id,
    corpus.corpus,
    corpus.language,
    corpus.licence,
    corpus.citation,
    corpus.is_simulated,
    corpus.pair_unit;
