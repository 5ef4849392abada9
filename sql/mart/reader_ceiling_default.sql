-- How well the group predicts each reader: the default choice, one row per thing.
--
-- Grain: one row per reader.
-- Key: subject_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.reader_ceiling leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_ceiling_default AS
SELECT reader_ceiling.* -- noqa: AM04
FROM mart.reader_ceiling
WHERE reader_ceiling.is_default;
