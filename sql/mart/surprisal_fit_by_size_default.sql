-- Whether the surprisal of larger models predicts gaze durations worse: the default choice, one row per thing.
--
-- Grain: one row per corpus and group of readers.
-- Key: corpus, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.surprisal_fit_by_size leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.surprisal_fit_by_size_default AS
SELECT surprisal_fit_by_size.* -- noqa: AM04
FROM mart.surprisal_fit_by_size
WHERE surprisal_fit_by_size.is_default;
