-- Which words are skipped most?
--
-- Share of readers without a fixation on the word. First words are apart: the eye often starts beyond them.
SELECT
    sentence_label,
    word_position,
    word_text,
    count(DISTINCT subject_id) AS readers,
    round(100 * avg((fixation_count = 0)::integer)) AS skipped_percent
FROM mart.word_reading
WHERE corpus = 'simulated' AND is_default AND word_position > 0
GROUP BY sentence_label, word_position, word_text
ORDER BY avg((fixation_count = 0)::integer) DESC, sentence_label, word_position
LIMIT 5;
