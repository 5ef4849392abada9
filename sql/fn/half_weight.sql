-- The weight of one head among weights that are stored as half: two bytes a head, the high one first.
--
-- Grain: one number a call; null where the weights are null. The planner writes its text into the query.
-- Source: IEEE 754-2008, binary16: five bits of exponent and ten of fraction; below 2^-14 the fraction alone. The sign, the
-- highest bit, is never set: what is negative is not loaded as half.
-- Read by: mart.attention_cell, fn.single_weights.
CREATE FUNCTION fn.half_weight(half_weights bytea, head integer) RETURNS real
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT (
    CASE
        WHEN get_byte(half_weights, 2 * head) < 4
            THEN (get_byte(half_weights, 2 * head) << 8 | get_byte(half_weights, 2 * head + 1))
                * 2::double precision ^ -24
        -- a fraction that begins with 1, times 2 to the exponent
        ELSE ((1024 + ((get_byte(half_weights, 2 * head) & 3) << 8 | get_byte(half_weights, 2 * head + 1)))::bigint
            << (get_byte(half_weights, 2 * head) >> 2))
            * 2::double precision ^ -25
    END
)::real;
$$;
