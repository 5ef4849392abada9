-- How much of its attention each layer gives to no word: the default choice, one row per thing.
--
-- Grain: one row per model, corpus and layer.
-- Key: extraction_id, layer
-- Leaves out: what is not of the default choice (is_default false), and what mart.sink_mass leaves out. Its caveats hold
-- here too.
-- Read by: people and BI tools.
CREATE VIEW mart.sink_mass_default AS
SELECT sink_mass.* -- noqa: AM04
FROM mart.sink_mass
WHERE sink_mass.is_default;
