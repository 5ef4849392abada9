-- At which depth do heads add most to position and word length, in models of any depth?
--
-- Layers by quarter of the depth, so that models of different depth compare; held-out R2 that position and word length do not
-- explain, mean over the layers of the quarter.
SELECT
    language_group,
    least(floor(4 * relative_depth)::integer, 3) + 1 AS quarter,
    count(DISTINCT model) AS models,
    count(*) AS layers,
    round(avg(unique_r2)::numeric, 4) AS mean_added_r2,
    round(max(unique_r2)::numeric, 4) AS most
FROM mart.unique_variance_default
WHERE corpus = 'simulated'
GROUP BY language_group, quarter
ORDER BY language_group, quarter;
