-- What is left of a resemblance with the attention of other sentences: the default choice, one row per thing.
--
-- Grain: one row per model, layer and group of readers.
-- Key: extraction_id, layer, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.exchanged_null leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.exchanged_null_default AS
SELECT exchanged_null.* -- noqa: AM04
FROM mart.exchanged_null
WHERE exchanged_null.is_default;
