-- Which words send the eye back?
--
-- Share of readers whose first pass over the word ends with a look back, of those who do not skip it, and how many come back
-- to it later. Last words are apart: from there the eye can only go back.
SELECT
    word.sentence_label,
    word.word_position,
    word.word_text,
    word.subject_count AS readers,
    round(100 * word.first_pass_regression_rate::numeric) AS sent_back_percent,
    round(100 * word.regression_in_rate::numeric) AS come_back_percent
FROM mart.word_measure AS word
JOIN mart.sentence USING (sentence_id)
WHERE
    word.corpus = 'simulated' AND word.is_default AND word.language_group = 'L2'
    AND word.word_position BETWEEN 1 AND sentence.word_count - 2
ORDER BY word.first_pass_regression_rate DESC NULLS LAST, word.sentence_label, word.word_position
LIMIT 5;
