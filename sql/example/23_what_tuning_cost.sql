-- In which layers does a tuned model explain readers better or worse than its base?
--
-- Paired t-tests over readers, one-sided both ways, corrected for the layers and directions tested (Bonferroni).
SELECT
    model AS tuned,
    language_group,
    layer,
    alternative,
    round(r2_difference::numeric, 4) AS difference,
    round(t_statistic::numeric, 2) AS t,
    to_char(p_bonferroni, '0.0000') AS p
FROM mart.tuning_test_default
WHERE corpus = 'simulated' AND is_significant
ORDER BY model, language_group, layer;
