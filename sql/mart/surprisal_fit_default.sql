-- What the surprisal of words adds in predicting gaze durations: the default choice, one row per thing.
--
-- Grain: one row per model and group of readers.
-- Key: extraction_id, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.surprisal_fit leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.surprisal_fit_default AS
SELECT surprisal_fit.* -- noqa: AM04
FROM mart.surprisal_fit
WHERE surprisal_fit.is_default;
