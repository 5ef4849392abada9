-- What holds up
--
-- Caption: Each claim of the paper: the value as published, the value computed here the paper's way, the corrected value
-- (layers chosen on other articles, over held-out ceilings, models that are aligned to words) with its interval of 95 %,
-- and what follows by one rule. It holds where sign, both tests and the interval agree; "cannot be said" gives the
-- reason. "beyond" is the same of what attention adds to position and word length on held-out articles, with layers
-- chosen on other articles too. Simulated corpora answer no claim.
-- Grain: one row per claim, group of readers and measure.
-- Leaves out: nothing.
-- Compute: all
-- Page: corpus
-- Read by: warehouse report.
SELECT
    COALESCE(corpus, 'not computed') AS corpus,
    statement,
    language_group,
    measure,
    verdict,
    reason,
    published_value,
    value_here,
    value_p,
    corrected_value,
    corrected_low,
    corrected_high,
    corrected_p,
    p_equivalence,
    beyond_value,
    beyond_low,
    beyond_high,
    beyond_p,
    beyond_verdict,
    model_count AS models,
    subject_count AS readers,
    test_count AS tests,
    quantity_claimed,
    reason_code,
    beyond_reason_code,
    run_ids,
    subject_count,
    usage_warnings
FROM mart.claim
ORDER BY claim.corpus NULLS LAST, claim.claim, language_group, measure;
