-- What is in this warehouse?
--
-- Which readers read which text, and which models attended to it. `mart.extraction` has a row for each taking of
-- attention, with its layers and usage warnings; `mart.measure` lists the human measures. Excluded readers do not count.
SELECT
    corpus.corpus,
    corpus.sentence_count,
    corpus.word_total,
    (SELECT string_agg(DISTINCT reader.language_group, ', ') FROM mart.reader WHERE reader.corpus = corpus.corpus) AS groups,
    (SELECT count(*) FROM mart.reader WHERE reader.corpus = corpus.corpus AND NOT reader.is_excluded) AS readers,
    (SELECT count(DISTINCT extraction.model) FROM mart.extraction WHERE extraction.corpus = corpus.corpus) AS models
FROM mart.corpus
ORDER BY corpus.corpus;
