-- What a layer's heads explain beyond position and word length, on held-out articles: the default choice, one row per
-- thing.
--
-- Grain: one row per model, layer and group of readers.
-- Key: extraction_id, layer, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.unique_variance leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.unique_variance_default AS
SELECT unique_variance.* -- noqa: AM04
FROM mart.unique_variance
WHERE unique_variance.is_default;
