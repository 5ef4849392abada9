-- How well the heads of a layer explain where each reader looks back: the default choice, one row per thing.
--
-- Grain: one row per model, layer and reader.
-- Key: extraction_id, layer, subject_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.human_resemblance leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.human_resemblance_default AS
SELECT human_resemblance.* -- noqa: AM04
FROM mart.human_resemblance
WHERE human_resemblance.is_default;
