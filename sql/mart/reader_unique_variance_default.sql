-- What a layer's heads explain of each reader beyond position and word length, on held-out articles: the default choice,
-- one row per thing.
--
-- Grain: one row per model, layer and reader.
-- Key: extraction_id, layer, subject_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.reader_unique_variance leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_unique_variance_default AS
SELECT reader_unique_variance.* -- noqa: AM04
FROM mart.reader_unique_variance
WHERE reader_unique_variance.is_default;
