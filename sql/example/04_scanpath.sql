-- Which way did a reader's eyes go over a sentence?
--
-- Every fixation in time order; a look back, at the same word again, or ahead, as against the fixation before.
SELECT
    fixation_ordinal AS number,
    word_position,
    word_text,
    CASE sign(word_position - lag(word_position) OVER (ORDER BY fixation_ordinal))
        WHEN -1 THEN 'back'
        WHEN 0 THEN 'again'
        WHEN 1 THEN 'ahead'
    END AS direction,
    start_ms,
    duration_ms
FROM mart.fixation
WHERE corpus = 'simulated' AND reader = 'L2/sim-02' AND sentence_label = 's.01.02'
ORDER BY fixation_ordinal;
