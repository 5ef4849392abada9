-- Whether a tuned model's layers resemble readers more or less than its base model's: the default choice, one row per
-- thing.
--
-- Grain: one row per tuned model, group of readers, layer and direction.
-- Key: extraction_id, base_model, language_group, layer, alternative
-- Leaves out: what is not of the default choice (is_default false), and what mart.tuning_test leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.tuning_test_default AS
SELECT tuning_test.* -- noqa: AM04
FROM mart.tuning_test
WHERE tuning_test.is_default;
