-- What difference does the rule make that turns fixations into saccades?
--
-- Saccades per sentence by rule: rows of two rules stand side by side everywhere, so always choose one.
SELECT
    saccade_rule,
    language_group,
    round(avg(regression_count), 2) AS back,
    round(avg(refixation_count), 2) AS same_word,
    round(avg(forward_count), 2) AS forward
FROM mart.reader_sentence
WHERE corpus = 'simulated'
GROUP BY saccade_rule, language_group
ORDER BY saccade_rule, language_group;
