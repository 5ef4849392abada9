-- What tuning changes about nested_resemblance: the default choice, one row per thing.
--
-- Grain: one row per tuned model and group of readers.
-- Key: corpus, language_group, tuned_model
-- Leaves out: what is not of the default choice (is_default false), and what mart.tuning_effect leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.tuning_effect_default AS
SELECT tuning_effect.* -- noqa: AM04
FROM mart.tuning_effect
WHERE tuning_effect.is_default;
