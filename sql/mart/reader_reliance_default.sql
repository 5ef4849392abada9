-- How far each reader follows the trivial patterns of looking back: the default choice, one row per thing.
--
-- Grain: one row per reader.
-- Key: subject_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.reader_reliance leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_reliance_default AS
SELECT reader_reliance.* -- noqa: AM04
FROM mart.reader_reliance
WHERE reader_reliance.is_default;
