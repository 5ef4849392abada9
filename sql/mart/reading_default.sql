-- How long each reader took for each sentence, the first time: the default choice, one row per thing.
--
-- Grain: one row per reader and sentence shown to the reader.
-- Key: subject_id, sentence_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.reading leaves out. Its caveats hold
-- here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reading_default AS
SELECT reading.* -- noqa: AM04
FROM mart.reading
WHERE reading.is_default;
