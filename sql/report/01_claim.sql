-- What holds up
--
-- Caption: Each claim of the paper as a query: the value as published, the value computed here the paper's way, the
-- corrected value (cross-validated or otherwise as the claim says), and what follows. "cannot be said" gives the reason.
-- The runs are those of the exhibits below.
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
    published_value,
    value_here,
    value_p,
    corrected_value,
    corrected_p,
    quantity_claimed,
    reason
FROM mart.claim
ORDER BY claim.corpus NULLS LAST, claim.claim, language_group, measure;
