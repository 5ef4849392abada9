-- Adds the measures of later readings: for each measure of the first reading of a sentence one of every later reading
-- that somebody made, and one of all readings together.
--
-- Grain: one row of human.measure for each that is not there yet, named e.g. `saccade_count/consecutive/reading 2` and
-- `saccade_count/consecutive/all readings`; brain regions have none.
-- Read by: fn.derive_saccades, fn.add_saccade_rule.
CREATE FUNCTION fn.add_reading_measures() RETURNS void
LANGUAGE sql
AS $$
WITH
later AS (
    SELECT DISTINCT
        reading_ordinal AS of_reading,
        concat('reading ', reading_ordinal) AS said
    FROM human.reading
    WHERE reading_ordinal > 1
),

wanted AS (
    SELECT * FROM later
    UNION ALL
    SELECT
        NULL AS of_reading,
        'all readings' AS said
    WHERE EXISTS (SELECT 1 FROM later)
)

INSERT INTO human.measure (measure, quantity, saccade_rule_id, of_reading, measure_unit, description)
SELECT
    measure.measure || '/' || wanted.said,
    measure.quantity,
    measure.saccade_rule_id,
    wanted.of_reading,
    measure.measure_unit,
    measure.description || ', ' || wanted.said
FROM human.measure
CROSS JOIN wanted
WHERE measure.of_reading = 1 AND measure.saccade_rule_id IS NOT NULL
ON CONFLICT (measure) DO NOTHING;
$$;
