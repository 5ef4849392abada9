-- Human resemblance by layer beside what a reviewer asks for: the default choice, one row per thing.
--
-- Grain: one row per model, layer and group of readers.
-- Key: extraction_id, layer, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.corrected_resemblance leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.corrected_resemblance_default AS
SELECT corrected_resemblance.* -- noqa: AM04
FROM mart.corrected_resemblance
WHERE corrected_resemblance.is_default;
