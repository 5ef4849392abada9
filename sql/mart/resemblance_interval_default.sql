-- How sure resemblance is, with readers and sentences drawn: the default choice, one row per thing.
--
-- Grain: one row per model, layer and group of readers.
-- Key: extraction_id, layer, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.resemblance_interval leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.resemblance_interval_default AS
SELECT resemblance_interval.* -- noqa: AM04
FROM mart.resemblance_interval
WHERE resemblance_interval.is_default;
