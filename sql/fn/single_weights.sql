-- The weights of all heads that are stored as half, as an array of single-precision numbers: no digit is lost.
--
-- Grain: one array a call; null where the weights are null.
-- Read by: slice.layer_attention, and checksums of attention.
CREATE FUNCTION fn.single_weights(half_weights bytea) RETURNS real[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    weights real[];
BEGIN
    FOR head IN 0 .. octet_length(half_weights) / 2 - 1 LOOP
        weights[head + 1] := fn.half_weight(half_weights, head);
    END LOOP;
    RETURN weights;
END
$$;
