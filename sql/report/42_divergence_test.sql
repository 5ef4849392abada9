-- Which divergences are significant
--
-- Caption: Paired t-tests over sentences of the divergence of two models against that of another pair (a reference pair;
-- the noise prefix for instructions; the base model for tuned ones). Layers with p below 0.05 after the Bonferroni
-- correction of the paper, and after those of Holm and of Benjamini and Hochberg.
-- Grain: one row per pair of extractions, pair tested against, and kind of divergence.
-- Leaves out: results without some sentences.
-- Compute: divergence-significance
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    comparison,
    concat_ws(', ', left_model, NULLIF(left_condition, 'plain')) AS one_model,
    concat_ws(', ', right_model, NULLIF(right_condition, 'plain')) AS other,
    against,
    depth_kind,
    divergence_kind,
    count(*) AS tests,
    count(*) FILTER (WHERE p_bonferroni < 0.05 AND mean_difference_nats > 0) AS higher_bonferroni,
    count(*) FILTER (WHERE p_holm < 0.05 AND mean_difference_nats > 0) AS higher_holm,
    count(*) FILTER (WHERE p_benjamini_hochberg < 0.05 AND mean_difference_nats > 0) AS higher_benjamini_hochberg,
    count(*) FILTER (WHERE p_bonferroni < 0.05 AND mean_difference_nats < 0) AS lower_bonferroni,
    avg(mean_difference_nats) AS mean_difference_nats,
    max(sentence_count) AS sentences,
    max(run_id) AS run_id
FROM mart.divergence_test
WHERE leave_out = '[]'
GROUP BY
    corpus, comparison, left_model, left_condition, right_model, right_condition, against, depth_kind, divergence_kind
ORDER BY corpus, comparison, one_model, other, against, depth_kind, divergence_kind;
