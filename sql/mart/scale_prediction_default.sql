-- What the line of nested_resemblance on size says of each size: the default choice, one row per thing.
--
-- Grain: one row per corpus, group of readers and number of parameters.
-- Key: corpus, language_group, parameter_count
-- Leaves out: what is not of the default choice (is_default false), and what mart.scale_prediction leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.scale_prediction_default AS
SELECT scale_prediction.* -- noqa: AM04
FROM mart.scale_prediction
WHERE scale_prediction.is_default;
