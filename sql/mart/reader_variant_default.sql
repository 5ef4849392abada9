-- How well attention explains each reader by other fits: the default choice, one row per thing.
--
-- Grain: one row per model, layer, reader and variant.
-- Key: extraction_id, layer, subject_id, variant
-- Leaves out: what is not of the default choice (is_default false), and what mart.reader_variant leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_variant_default AS
SELECT reader_variant.* -- noqa: AM04
FROM mart.reader_variant
WHERE reader_variant.is_default;
