-- Weights divided by their sum, so that they add up to 1: a distribution over the words looked at.
--
-- Grain: one array a call, in the order given; null where the sum is 0 or a weight is missing: nothing is made up.
-- Source: w_j / sum of all w; what the study does to each row of attention before comparing (Gao et al. 2023, section 4.1).
-- Read by: people, e.g. SELECT fn.normalised(array_agg(weight ORDER BY to_word)) FROM mart.attention_cell.
CREATE FUNCTION fn.normalised(weights double precision[]) RETURNS double precision[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
SELECT CASE WHEN count(*) = count(each.share) THEN array_agg(each.share ORDER BY each.place) END
FROM (
    SELECT
        weight / NULLIF(sum(weight) OVER (), 0) AS share,
        place
    FROM unnest(weights) WITH ORDINALITY AS given (weight, place)
) AS each;
$$;
