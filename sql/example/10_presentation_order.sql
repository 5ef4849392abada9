-- Do readers tire: do they look back less as the session goes on?
--
-- A slope per reader, then its mean and t over readers: sentences of one reader are not independent.
WITH slope AS (
    SELECT
        language_group,
        reader,
        regr_slope(regression_count, presentation_order) AS per_sentence
    FROM mart.reader_sentence_default
    WHERE corpus = 'simulated'
    GROUP BY language_group, reader
)

SELECT
    language_group,
    count(*) AS readers,
    round(avg(per_sentence)::numeric, 4) AS mean_slope,
    round((avg(per_sentence) / (stddev_samp(per_sentence) / sqrt(count(*))))::numeric, 2) AS t
FROM slope
GROUP BY language_group
ORDER BY language_group;
