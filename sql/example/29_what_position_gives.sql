-- How much of a model's resemblance do position and word length give without any model?
--
-- Held-out R2 of the baseline, and what the heads of the best layer add to it, with its p over readers. Compare the columns
-- in R2: both are held out by article.
SELECT
    language_group,
    leaderboard_rank AS place,
    model,
    best_layer,
    round(100 * resemblance::numeric, 1) AS paper_percent,
    round(baseline_r2::numeric, 3) AS baseline_r2,
    round(unique_r2::numeric, 3) AS added_r2,
    to_char(p_bonferroni, '0.0000') AS p
FROM mart.resemblance_leaderboard
WHERE corpus = 'simulated'
ORDER BY language_group, leaderboard_rank;
