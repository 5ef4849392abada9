-- How well a group's mean predicts its readers: the default choice, one row per thing.
--
-- Grain: one row per corpus, group of readers and kind of ceiling.
-- Key: corpus, language_group, ceiling_kind
-- Leaves out: what is not of the default choice (is_default false), and what mart.noise_ceiling leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.noise_ceiling_default AS
SELECT noise_ceiling.* -- noqa: AM04
FROM mart.noise_ceiling
WHERE noise_ceiling.is_default;
