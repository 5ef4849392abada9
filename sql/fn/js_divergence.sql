-- Jensen-Shannon divergence of two rows of weights, in nats: 0 where they are alike, ln 2 = 0.693 where they never meet.
--
-- Grain: one number a call. Both rows are divided by their sums first; null where a sum is 0 or a weight is missing.
-- Leaves out: nothing; rows of different length and negative weights are errors.
-- Source: JS(p, q) = (KL(p, m) + KL(q, m)) / 2 with m = (p + q) / 2, KL(p, m) = sum of p ln(p / m), and 0 ln 0 = 0
-- (Lin 1991, IEEE Transactions on Information Theory 37, section 3; the code of Gao et al. 2023, section 4.1).
-- Read by: people, e.g. SELECT fn.js_divergence('{0.5,0.5}', '{1,0}').
CREATE FUNCTION fn.js_divergence(p double precision[], q double precision[]) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    p_total double precision := (SELECT sum(value) FROM unnest(p) AS given (value));
    q_total double precision := (SELECT sum(value) FROM unnest(q) AS given (value));
BEGIN
    IF cardinality(p) <> cardinality(q) THEN
        RAISE EXCEPTION 'rows of different length, % and %: compare the same words', cardinality(p), cardinality(q);
    ELSIF 0 > ANY (p) OR 0 > ANY (q) THEN
        RAISE EXCEPTION 'negative weights have no divergence: give attention or counts';
    ELSIF p_total > 0 AND q_total > 0 AND array_position(p, NULL) IS NULL AND array_position(q, NULL) IS NULL THEN
        RETURN (
            SELECT greatest(sum(p_part + q_part) / 2, 0)
            FROM unnest(p, q) AS cell (p_weight, q_weight)
            CROSS JOIN LATERAL (SELECT p_weight / p_total AS p_share, q_weight / q_total AS q_share) AS share
            CROSS JOIN LATERAL (
                SELECT
                    CASE WHEN p_share > 0 THEN p_share * ln(2 * p_share / (p_share + q_share)) ELSE 0 END AS p_part,
                    CASE WHEN q_share > 0 THEN q_share * ln(2 * q_share / (p_share + q_share)) ELSE 0 END AS q_part
            ) AS part
        );
    END IF;
    RETURN NULL;
END
$$;
