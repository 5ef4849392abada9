-- How well each reader's group predicts the reader, as it holds now.
--
-- Grain: one row per measure, reader and set of sentences left out on request; of runs that differ in --least-readers,
-- the latest.
-- Leaves out: runs that are not done, and units that a later run superseded.
-- Read by: mart.reader_ceiling, mart.region_summary, layer_choice, group_difference, tuning_effect.
CREATE VIEW current.reader_ceiling AS
SELECT DISTINCT ON (reader_ceiling.measure_id, reader_ceiling.subject_id, active_unit.leave_out)
    reader_ceiling.run_id,
    reader_ceiling.unit_id,
    reader_ceiling.measure_id,
    reader_ceiling.subject_id,
    reader_ceiling.ceiling,
    reader_ceiling.leave_one_out_ceiling,
    reader_ceiling.cv_ceiling,
    reader_ceiling.mean_r,
    reader_ceiling.published_r,
    reader_ceiling.sentence_count,
    subject.corpus_id,
    subject.language_group,
    active_unit.leave_out
FROM result.reader_ceiling
JOIN current.active_unit ON active_unit.run_id = reader_ceiling.run_id AND active_unit.unit_id = reader_ceiling.unit_id
JOIN human.subject ON subject.subject_id = reader_ceiling.subject_id
ORDER BY
    reader_ceiling.measure_id,
    reader_ceiling.subject_id,
    active_unit.leave_out,
    reader_ceiling.run_id DESC;
