-- Whether an extraction is whole and in use: neither being loaded nor replaced by another.
--
-- Grain: one truth value a call. The planner writes its text into the query, so statistics of the column are used.
-- Read by: the views of current over extractions.
CREATE FUNCTION fn.is_complete(extraction_status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT extraction_status NOT IN ('loading', 'retired');
$$;
