-- Whether a unit's results hold: its run has ended well or goes on to be taken up, and nothing newer replaced it.
--
-- Grain: one truth value a call. The planner writes its text into the query, so statistics of both columns are used.
-- Read by: current.active_unit.
CREATE FUNCTION fn.is_current(run_status text, unit_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT run_status NOT IN ('running', 'failed', 'interrupted') AND unit_state <> 'superseded';
$$;
