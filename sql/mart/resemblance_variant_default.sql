-- Resemblance by layer in other fits than least squares: the default choice, one row per thing.
--
-- Grain: one row per model, layer, group of readers and variant.
-- Key: extraction_id, layer, language_group, variant
-- Leaves out: what is not of the default choice (is_default false), and what mart.resemblance_variant leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.resemblance_variant_default AS
SELECT resemblance_variant.* -- noqa: AM04
FROM mart.resemblance_variant
WHERE resemblance_variant.is_default;
