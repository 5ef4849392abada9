-- Jensen-Shannon divergence of two rows of weights, in nats: 0 where they are alike, ln 2 = 0.693 where they never meet.
--
-- Grain: one number a call. Both rows are divided by their sums first; null where a sum is 0 or a weight is missing.
-- Leaves out: nothing; rows of different length and negative weights are errors.
-- Source: JS(p, q) = (KL(p, m) + KL(q, m)) / 2 with m = (p + q) / 2, KL(p, m) = sum of p ln(p / m), and 0 ln 0 = 0
-- (Lin 1991, IEEE Transactions on Information Theory 37, section 3; the code of Gao et al. 2023, section 4.1).
-- Read by: people, e.g. SELECT fn.js_divergence('{0.5,0.5}', '{1,0}').
CREATE FUNCTION fn.js_divergence(p double precision[], q double precision[]) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF cardinality(p) <> cardinality(q) THEN
        RAISE EXCEPTION 'rows of different length, % and %: compare the same words', cardinality(p), cardinality(q);
    ELSIF 0 > ANY (p) OR 0 > ANY (q) THEN
        RAISE EXCEPTION 'negative weights have no divergence: give attention or counts';
    END IF;
    RETURN (
        SELECT
            greatest(
                sum(
                    CASE WHEN left_share > 0 THEN left_share * ln(2 * left_share / (left_share + right_share)) ELSE 0 END
                    + CASE WHEN right_share > 0 THEN right_share * ln(2 * right_share / (left_share + right_share)) ELSE 0 END
                ) / 2,
                0
            )
        FROM unnest(fn.normalised(p), fn.normalised(q)) AS cell (left_share, right_share)
        HAVING count(left_share) = count(*) AND count(right_share) = count(*) AND count(*) > 0
    );
END
$$;
