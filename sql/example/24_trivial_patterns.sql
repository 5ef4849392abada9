-- How much of it is trivial: looking at the first word, the previous word, or the word itself?
--
-- R2 on these three patterns alone, of groups of readers and of the layers of a model.
SELECT
    'readers ' || language_group AS who,
    round(r2::numeric, 3) AS r2,
    round(cv_r2::numeric, 3) AS cv_r2
FROM mart.group_reliance
WHERE corpus = 'simulated' AND measure = 'saccade_count/consecutive' AND pattern_set = 'trivial' AND leave_out = '[]'
UNION ALL
SELECT
    concat(model, ', layer ', layer) AS who,
    round(r2::numeric, 3) AS r2,
    round(cv_r2::numeric, 3) AS cv_r2
FROM mart.layer_reliance
WHERE
    corpus = 'simulated' AND model = 'simulated-large' AND condition = 'plain'
    AND pattern_set = 'trivial' AND leave_out = '[]'
ORDER BY who;
