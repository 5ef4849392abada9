-- Are long words looked at longer?
--
-- First fixations only where there is one: a skipped word has none, which is not 0 ms.
SELECT
    char_length(word.bare_text) AS letters,
    count(DISTINCT word.bare_text) AS words,
    round(100 * avg((word_reading.fixation_count = 0)::integer), 1) AS skipped_percent,
    round(avg(word_reading.first_fixation_ms)) AS first_fixation_ms,
    round(avg(word_reading.duration_ms)) AS total_ms
FROM mart.word_reading
JOIN mart.word
    ON word.sentence_id = word_reading.sentence_id AND word.word_position = word_reading.word_position
WHERE word_reading.corpus = 'simulated' AND word_reading.is_default AND word_reading.language_group = 'L1'
GROUP BY letters
ORDER BY letters;
