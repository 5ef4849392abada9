-- How far each head follows the trivial patterns: the default choice, one row per thing.
--
-- Grain: one row per model, layer and head.
-- Key: extraction_id, layer, head
-- Leaves out: what is not of the default choice (is_default false), and what mart.head_reliance leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.head_reliance_default AS
SELECT head_reliance.* -- noqa: AM04
FROM mart.head_reliance
WHERE head_reliance.is_default;
