-- Whether two models differ more than a reference, layer by layer: the default choice, one row per thing.
--
-- Grain: one row per comparison, two extractions, pair tested against and layer.
-- Key: comparison, left_extraction_id, right_extraction_id, against, reference_left_extraction_id,
-- reference_right_extraction_id, depth
-- Leaves out: what is not of the default choice (is_default false), and what mart.divergence_test leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.divergence_test_default AS
SELECT divergence_test.* -- noqa: AM04
FROM mart.divergence_test
WHERE divergence_test.is_default;
