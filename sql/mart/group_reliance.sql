-- How far groups of readers follow trivial patterns of looking back: the reading half of the paper's comparison.
--
-- Grain: one row per corpus, measure, group of readers, set of patterns and set of sentences left out.
-- Leaves out: runs that are not done, superseded units, excluded readers; readers without variation have no R2.
-- Source: Gao et al. 2023 (EMNLP Findings): mean R2 over readers, its standard error, smallest and largest.
-- Read by: people, BI tools, warehouse show reader-reliance.
CREATE VIEW mart.group_reliance AS
WITH group_mean AS (
    SELECT
        corpus_id,
        measure_id,
        language_group,
        pattern_set,
        leave_out,
        avg(r2) AS r2,
        stddev_samp(r2) / sqrt(count(r2)) AS standard_error,
        min(r2) AS least_r2,
        max(r2) AS most_r2,
        avg(adjusted_r2) AS adjusted_r2,
        avg(cv_r2) AS cv_r2,
        count(r2)::integer AS subject_count,
        max(cell_count) AS cell_count,
        max(run_id) AS run_id
    FROM current.reader_reliance
    GROUP BY corpus_id, measure_id, language_group, pattern_set, leave_out
)

SELECT
    corpus.corpus,
    measure.measure,
    group_mean.language_group,
    group_mean.pattern_set,
    group_mean.leave_out,
    group_mean.r2,
    group_mean.standard_error,
    group_mean.least_r2,
    group_mean.most_r2,
    group_mean.adjusted_r2,
    group_mean.cv_r2,
    group_mean.subject_count,
    group_mean.cell_count,
    fn.usage_warnings(NULL, group_mean.corpus_id, measure.region_id, group_mean.leave_out) AS usage_warnings,
    group_mean.run_id
FROM group_mean
JOIN stimulus.corpus ON corpus.corpus_id = group_mean.corpus_id
JOIN human.measure ON measure.measure_id = group_mean.measure_id;
