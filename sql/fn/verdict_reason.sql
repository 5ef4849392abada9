-- The rule by which a verdict on a claim follows from its values, as a code of result.verdict_reason.
--
-- A claim holds where the value computed the paper's way and the corrected one have the claimed sign, both are tested and
-- significant (p < 0.05; the corrected p is that of its family), and the interval of the corrected value excludes 0. It
-- does not hold where the corrected value is significant in the other direction, or shown to be within the bound of
-- equivalence. Everything else cannot be said: no value, no corrected value, no test, no interval, fewer than two models
-- that are aligned to words (the corrected value is of these alone), or not significant.
--
-- The corrected p is two-sided, since it speaks for either direction. Model counts are null for claims that are not about
-- models.
--
-- Grain: one text a call.
-- Read by: mart.claim.
CREATE FUNCTION fn.verdict_reason(
    claimed_sign smallint,
    value_here double precision,
    value_p double precision,
    corrected_value double precision,
    corrected_p double precision,
    corrected_low double precision,
    corrected_high double precision,
    p_equivalence double precision,
    model_count integer,
    aligned_count integer
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE
    WHEN value_here IS NULL THEN 'no_value'
    WHEN aligned_count = 0 THEN 'misaligned_only'
    WHEN corrected_value IS NULL THEN 'no_corrected_value'
    WHEN LEAST(model_count, aligned_count) < 2 THEN 'one_model'
    WHEN value_p IS NULL OR corrected_p IS NULL THEN 'no_test'
    WHEN corrected_low IS NULL OR corrected_high IS NULL THEN 'no_interval'
    WHEN
        corrected_p < 0.05 AND (claimed_sign > 0 AND corrected_high < 0 OR claimed_sign < 0 AND corrected_low > 0)
        THEN 'contradicted'
    WHEN p_equivalence < 0.05 THEN 'little_effect'
    WHEN sign(corrected_value) <> claimed_sign THEN 'corrected_other_sign'
    WHEN corrected_p >= 0.05 THEN 'corrected_not_significant'
    WHEN corrected_low <= 0 AND corrected_high >= 0 THEN 'interval_contains_0'
    WHEN sign(value_here) <> claimed_sign THEN 'value_other_sign'
    WHEN value_p >= 0.05 THEN 'value_not_significant'
    ELSE 'all_agree'
END;
$$;
