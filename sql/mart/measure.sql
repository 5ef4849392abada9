-- The human measures that attention is compared with: choose one before you average anything.
--
-- Grain: one row per measure.
-- Key: measure
-- Leaves out: nothing; subject_count, of all groups, is 0 for a measure without data.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.measure AS
SELECT
    measure.measure,
    measure.quantity,
    saccade_rule.saccade_rule,
    region.region,
    COALESCE(measure.of_reading::text, 'all') AS reading,
    measure.measure_unit,
    measure.description,
    (SELECT count(*)::integer FROM slice.reader WHERE reader.measure_id = measure.measure_id) AS subject_count
FROM human.measure
LEFT JOIN human.saccade_rule ON saccade_rule.saccade_rule_id = measure.saccade_rule_id
LEFT JOIN human.region ON region.region_id = measure.region_id;
