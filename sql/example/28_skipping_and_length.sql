-- Are short words skipped, and not only looked at shorter?
--
-- Skipping of the first pass by letters, group beside group; first and last words of sentences are left out.
SELECT
    char_length(word.bare_text) AS letters,
    count(*) FILTER (WHERE measured.language_group = 'L1') AS words,
    round(100 * avg(measured.skipping_rate) FILTER (WHERE measured.language_group = 'L1')::numeric) AS l1_skipped_percent,
    round(100 * avg(measured.skipping_rate) FILTER (WHERE measured.language_group = 'L2')::numeric) AS l2_skipped_percent,
    round(avg(measured.mean_gaze_duration_ms) FILTER (WHERE measured.language_group = 'L1')::numeric) AS l1_gaze_ms,
    round(avg(measured.mean_gaze_duration_ms) FILTER (WHERE measured.language_group = 'L2')::numeric) AS l2_gaze_ms
FROM mart.word_measure AS measured
JOIN mart.word USING (sentence_id, word_position)
JOIN mart.sentence USING (sentence_id)
WHERE
    measured.corpus = 'simulated' AND measured.is_default
    AND measured.word_position BETWEEN 1 AND sentence.word_count - 2
GROUP BY letters
ORDER BY letters;
