-- How far do readers look back?
--
-- Share of looks back by distance in words. Absent saccades are rows of 0 in `mart.saccade_cell_default`, so sums are safe.
WITH looks AS (
    SELECT
        language_group,
        least(from_word - to_word, 6) AS words_back,
        sum(saccade_count) AS look_count
    FROM mart.saccade_cell_default
    WHERE corpus = 'simulated' AND to_word < from_word
    GROUP BY language_group, words_back
),

share AS (
    SELECT
        language_group,
        words_back,
        100 * look_count / sum(look_count) OVER (PARTITION BY language_group) AS percent
    FROM looks
)

SELECT
    words_back,
    round(max(percent) FILTER (WHERE language_group = 'L1'), 1) AS l1_percent,
    round(max(percent) FILTER (WHERE language_group = 'L2'), 1) AS l2_percent
FROM share
GROUP BY words_back
ORDER BY words_back;
