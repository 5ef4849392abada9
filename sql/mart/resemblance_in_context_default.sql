-- The resemblance of each model beside what position gives, and what is left beyond: the default choice, one row per
-- thing.
--
-- Grain: one row per model and group of readers.
-- Key: extraction_id, language_group
-- Leaves out: what is not of the default choice (is_default false), and what mart.resemblance_in_context leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.resemblance_in_context_default AS
SELECT resemblance_in_context.* -- noqa: AM04
FROM mart.resemblance_in_context
WHERE resemblance_in_context.is_default;
