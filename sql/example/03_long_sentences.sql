-- Do L2 readers look back more than L1 readers, and more so in long sentences?
--
-- Looks back per word, since a long sentence has more words to look back from; sentences in three bands of length.
SELECT
    CASE
        WHEN word_count <= 7 THEN 'to 7 words'
        WHEN word_count <= 10 THEN '8 to 10 words'
        ELSE 'more than 10 words'
    END AS length,
    count(DISTINCT sentence_id) AS sentences,
    round(avg(regression_count / word_count::numeric) FILTER (WHERE language_group = 'L1'), 3) AS l1,
    round(avg(regression_count / word_count::numeric) FILTER (WHERE language_group = 'L2'), 3) AS l2
FROM mart.reader_sentence_default
WHERE corpus = 'simulated'
GROUP BY length
ORDER BY min(word_count);
