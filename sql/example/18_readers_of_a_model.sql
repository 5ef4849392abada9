-- Which readers does a model explain best?
--
-- Cross-validated, so that more heads give no advantage; the best three of each group.
WITH ranked AS (
    SELECT
        language_group,
        reader,
        cv_r2,
        row_number() OVER (PARTITION BY language_group ORDER BY cv_r2 DESC) AS place
    FROM mart.human_resemblance_default
    WHERE corpus = 'simulated' AND model = 'simulated-large' AND layer = 5
)

SELECT
    language_group,
    place,
    reader,
    round(cv_r2::numeric, 4) AS cv_r2
FROM ranked
WHERE place <= 3
ORDER BY language_group, place;
