-- Whether models that predict better, or that are larger, resemble readers more, by nested_resemblance of models that
-- are aligned to words: the default choice, one row per thing.
--
-- Grain: one row per corpus, group of readers and predictor.
-- Key: corpus, language_group, predictor
-- Leaves out: what is not of the default choice (is_default false), and what mart.model_fit leaves out. Its caveats hold
-- here too.
-- Read by: people and BI tools.
CREATE VIEW mart.model_fit_default AS
SELECT model_fit.* -- noqa: AM04
FROM mart.model_fit
WHERE model_fit.is_default;
