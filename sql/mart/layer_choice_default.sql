-- The best layer chosen in-sample beside choices that do not see what they are scored on: the default choice, one row
-- per thing.
--
-- Grain: one row per model and group of readers.
-- Key: extraction_id, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.layer_choice leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.layer_choice_default AS
SELECT layer_choice.* -- noqa: AM04
FROM mart.layer_choice
WHERE layer_choice.is_default;
