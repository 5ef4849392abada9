-- Whether two models differ more than a reference, layer by layer: the default choice, one row per thing.
--
-- Grain: one row per comparison, two extractions, pair tested against and layer.
-- Leaves out: what is not of the default choice (is_default false), and what mart.divergence_test leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.divergence_test_default AS
SELECT divergence_test.* -- noqa: AM04
FROM mart.divergence_test
WHERE divergence_test.is_default;
