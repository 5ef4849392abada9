-- Who or what is left out of the values of a brain region.
--
-- Grain: one row per reader and region, and per reader, region and sentence (null: all of them); several where there are
-- several reasons.
-- Leaves out: exclusions for a saccade rule.
-- Read by: mart.roi_cell, mart.group_mean_region, with NOT IN, as current.rule_exclusion.
CREATE VIEW current.region_exclusion AS
SELECT
    exclusion.subject_id,
    region.region_id,
    exclusion.sentence_id
FROM human.exclusion
JOIN human.region ON COALESCE(exclusion.region_id, region.region_id) = region.region_id
WHERE exclusion.saccade_rule_id IS NULL;
