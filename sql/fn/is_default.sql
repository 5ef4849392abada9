-- Whether a result is of the default choice: raw attention to the plain text, compared with transition counts of the first
-- reading by the rule consecutive.
--
-- Grain: one truth value a call. What a mart does not tell apart is left out of the call. The planner writes the function's
-- text into the query, so that what is asked of the default reaches the indexes.
-- Read by: is_default of the views of mart, and their companions named _default.
CREATE FUNCTION fn.is_default(
    method text DEFAULT 'raw', condition text DEFAULT 'plain', measure text DEFAULT 'saccade_count/consecutive'
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT method = 'raw' AND condition = 'plain' AND measure = 'saccade_count/consecutive';
$$;
