-- How deep in its model a layer is: 0 the first, 1 the last, so that models of different depth compare; null for a model of
-- one layer.
--
-- Grain: one number a call. The planner writes its text into the query.
-- Read by: every view of mart that has a layer.
CREATE FUNCTION fn.relative_depth(layer smallint, layer_count smallint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT layer::double precision / NULLIF(layer_count - 1, 0);
$$;
