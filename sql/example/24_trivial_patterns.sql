-- How much of it is trivial: looking at the first word, the previous word, or the word itself?
--
-- R2 on these three patterns alone, of groups of readers and of the layers of a model.
SELECT
    'readers ' || language_group AS who,
    round(r2::numeric, 3) AS r2,
    round(cv_r2::numeric, 3) AS cv_r2
FROM mart.group_reliance_default
WHERE corpus = 'simulated'
UNION ALL
SELECT
    concat(model, ', layer ', layer) AS who,
    round(r2::numeric, 3) AS r2,
    round(cv_r2::numeric, 3) AS cv_r2
FROM mart.layer_reliance_default
WHERE corpus = 'simulated' AND model = 'simulated-large'
ORDER BY who;
