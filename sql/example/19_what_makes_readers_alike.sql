-- Are readers who look back often, or read slowly, more like a model?
--
-- Correlation over the readers of a group; with a dozen readers, below 0.58 it may be chance. Reading times are those that
-- are known: a reading that timed out has none.
WITH habit AS (
    SELECT
        sentence.subject_id,
        avg(sentence.regression_count) AS looks_back,
        avg(reading.reading_time_ms) AS reading_time_ms
    FROM mart.reader_sentence_default AS sentence
    JOIN mart.reading USING (subject_id, sentence_id, reading_ordinal)
    WHERE sentence.corpus = 'simulated' AND NOT reading.is_excluded
    GROUP BY sentence.subject_id
)

SELECT
    resemblance.language_group,
    count(*) AS readers,
    round(corr(resemblance.r2, habit.looks_back::double precision)::numeric, 2) AS with_looks_back,
    round(corr(resemblance.r2, habit.reading_time_ms::double precision)::numeric, 2) AS with_reading_time
FROM mart.human_resemblance_default AS resemblance
JOIN habit USING (subject_id)
WHERE resemblance.corpus = 'simulated' AND resemblance.model = 'simulated-large' AND resemblance.layer = 5
GROUP BY resemblance.language_group
ORDER BY resemblance.language_group;
