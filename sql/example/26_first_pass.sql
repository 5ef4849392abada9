-- How do two groups go over a word: how long at first, and how long until they go on?
--
-- Means of the measures of reading over words that were not skipped. Gaze duration is the first pass; go-past time adds the
-- looks back that it took to go on; their difference is the cost of looking back.
SELECT
    language_group,
    count(*) AS first_passes,
    round(avg(first_fixation_duration_ms)) AS first_fixation_ms,
    round(avg(gaze_duration_ms)) AS gaze_ms,
    round(avg(go_past_time_ms)) AS go_past_ms,
    round(avg(go_past_time_ms - gaze_duration_ms)) AS looking_back_ms
FROM mart.reading_measure
WHERE corpus = 'simulated' AND is_default AND NOT is_skipped
GROUP BY language_group
ORDER BY language_group;
