-- What embargoes leave a role to see, to be looked up by id: at place 7 stands whether the one with id 7 is seen.
--
-- Grain: one array a call; there is no place beyond the largest id that is seen.
-- Read by: the policies of fn.embargo_condition, once a query and table. It knows no more than fn.visible tells.
CREATE FUNCTION fn.visible_ids(kind text, viewer name) RETURNS boolean[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
WITH seen AS (SELECT visible.id::integer AS id FROM fn.visible(kind, viewer) AS visible (id))

SELECT array_agg(seen.id IS NOT NULL ORDER BY place.id)
FROM generate_series(1, (SELECT max(seen.id) FROM seen)) AS place (id)
LEFT JOIN seen ON seen.id = place.id
$$;
