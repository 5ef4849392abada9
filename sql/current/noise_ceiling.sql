-- The noise ceilings that hold now.
--
-- Grain: one row per corpus, measure, group of readers, kind of ceiling and set of sentences left out on request; of runs
-- that differ in --least-readers, the latest.
-- Leaves out: runs that are not done, and units that a later run superseded.
-- Read by: slice.layer_curve, mart.noise_ceiling.
CREATE VIEW current.noise_ceiling AS
SELECT DISTINCT ON (
    noise_ceiling.corpus_id,
    noise_ceiling.measure_id,
    noise_ceiling.language_group,
    noise_ceiling.ceiling_kind,
    active_unit.leave_out
)
    noise_ceiling.run_id,
    noise_ceiling.unit_id,
    noise_ceiling.corpus_id,
    noise_ceiling.measure_id,
    noise_ceiling.language_group,
    noise_ceiling.ceiling_kind,
    noise_ceiling.ceiling,
    noise_ceiling.standard_error,
    noise_ceiling.subject_count,
    noise_ceiling.cell_count,
    noise_ceiling.sentence_count,
    noise_ceiling.missing_because,
    active_unit.leave_out
FROM result.noise_ceiling
JOIN current.active_unit ON active_unit.run_id = noise_ceiling.run_id AND active_unit.unit_id = noise_ceiling.unit_id
ORDER BY
    noise_ceiling.corpus_id,
    noise_ceiling.measure_id,
    noise_ceiling.language_group,
    noise_ceiling.ceiling_kind,
    active_unit.leave_out,
    noise_ceiling.run_id DESC;
