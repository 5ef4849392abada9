-- How well attention explains each reader's transition counts: the default choice, one row per thing.
--
-- Grain: one row per model, layer and reader.
-- Key: extraction_id, layer, subject_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.reader_count_model leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_count_model_default AS
SELECT reader_count_model.* -- noqa: AM04
FROM mart.reader_count_model
WHERE reader_count_model.is_default;
