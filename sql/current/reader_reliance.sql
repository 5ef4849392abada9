-- How far each reader follows trivial patterns, as it holds now.
--
-- Grain: one row per measure, reader, set of patterns and set of sentences left out on request.
-- Leaves out: runs that are not done, and units that a later run superseded.
-- Read by: mart.reader_reliance, mart.group_reliance, slice.reliance_group_pair, reliance_test.
CREATE VIEW current.reader_reliance AS
SELECT
    reader_reliance.run_id,
    reader_reliance.unit_id,
    subject.corpus_id,
    reader_reliance.measure_id,
    subject.language_group,
    reader_reliance.subject_id,
    reader_reliance.pattern_set,
    reader_reliance.r2,
    reader_reliance.adjusted_r2,
    reader_reliance.cv_r2,
    reader_reliance.cell_count,
    reader_reliance.predictor_count,
    reader_reliance.rank,
    active_unit.leave_out
FROM result.reader_reliance
JOIN current.active_unit ON active_unit.run_id = reader_reliance.run_id AND active_unit.unit_id = reader_reliance.unit_id
JOIN human.subject ON subject.subject_id = reader_reliance.subject_id;
