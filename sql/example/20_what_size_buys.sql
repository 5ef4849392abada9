-- What does a larger model buy?
--
-- Best layers of pretrained models in order of size, with the gain over the next smaller one, in points of per cent.
SELECT
    language_group,
    model,
    parameter_count,
    best_layer,
    round(100 * resemblance::numeric, 1) AS resemblance,
    round(100 * (resemblance - lag(resemblance) OVER by_size)::numeric, 1) AS gain,
    round(100 * (cv_resemblance - lag(cv_resemblance) OVER by_size)::numeric, 1) AS cross_validated_gain
FROM mart.resemblance_leaderboard
WHERE corpus = 'simulated' AND stage = 'pretrained'
WINDOW by_size AS (PARTITION BY language_group ORDER BY parameter_count)
ORDER BY language_group, parameter_count;
