-- Are readers who look back often, or read slowly, more like a model?
--
-- Correlation over the readers of a group; with a dozen readers, below 0.58 it may be chance.
WITH habit AS (
    SELECT
        corpus,
        language_group,
        subject_label,
        avg(regression_count) AS looks_back,
        avg(reading_time_ms) AS reading_time_ms
    FROM mart.reader_sentence
    WHERE saccade_rule = 'consecutive'
    GROUP BY corpus, language_group, subject_label
)

SELECT
    resemblance.language_group,
    count(*) AS readers,
    round(corr(resemblance.r2, habit.looks_back::double precision)::numeric, 2) AS with_looks_back,
    round(corr(resemblance.r2, habit.reading_time_ms::double precision)::numeric, 2) AS with_reading_time
FROM mart.human_resemblance AS resemblance
JOIN habit USING (corpus, language_group, subject_label)
WHERE
    resemblance.corpus = 'simulated' AND resemblance.model = 'simulated-large' AND resemblance.condition = 'plain'
    AND resemblance.layer = 5 AND resemblance.measure = 'saccade_count/consecutive' AND resemblance.leave_out = '[]'
GROUP BY resemblance.language_group
ORDER BY resemblance.language_group;
