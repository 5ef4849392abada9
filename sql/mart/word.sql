-- The words of each sentence: join your own lists of words here.
--
-- Grain: one row per word of a sentence.
-- Key: sentence_id, word_position
-- Leaves out: nothing.
-- Caveats: word_text is as written, with punctuation; bare_text is what a list of words has: lower case, letters, digits,
-- apostrophes and hyphens.
-- Read by: people, BI tools.
CREATE VIEW mart.word AS
SELECT
    corpus.corpus,
    sentence.sentence_label,
    word.word_position,
    word.word_text,
    lower(regexp_replace(word.word_text, '[^[:alnum:]''’-]', '', 'g')) AS bare_text,
    word.sentence_id
FROM stimulus.word
JOIN stimulus.sentence ON sentence.sentence_id = word.sentence_id
JOIN stimulus.article ON article.article_id = sentence.article_id
JOIN stimulus.corpus ON corpus.corpus_id = article.corpus_id;
