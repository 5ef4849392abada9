-- Do articles differ?
--
-- Looks back per sentence by article; articles count from 0.
SELECT
    article_position AS article,
    count(DISTINCT sentence_label) AS sentences,
    round(avg(word_count), 1) AS words,
    round(avg(regression_count) FILTER (WHERE language_group = 'L1'), 2) AS l1_back,
    round(avg(regression_count) FILTER (WHERE language_group = 'L2'), 2) AS l2_back
FROM mart.reader_sentence_default
WHERE corpus = 'simulated'
GROUP BY article_position
ORDER BY article_position;
