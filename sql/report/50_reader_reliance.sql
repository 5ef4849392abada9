-- How far readers follow trivial patterns
--
-- Paper: section on trivial patterns.
-- Caption: R2 of readers' saccades on the patterns of the set (first word, previous word, the word itself): mean over
-- readers, bars are standard errors. Below the table of the test of the second group against the first.
-- Grain: one row per measure and group of readers.
-- Leaves out: results without some sentences.
-- Compute: reader-reliance
-- Figure: bars
-- Axes: x=language_group, y=r2, error=standard_error, series=pattern_set, panel=measure
-- Labels: x=Readers, y=R2
-- Page: corpus
-- Read by: warehouse report.
SELECT
    corpus,
    measure,
    pattern_set,
    language_group,
    r2,
    standard_error,
    least_r2,
    most_r2,
    adjusted_r2,
    cv_r2,
    run_id,
    subject_count,
    cell_count,
    usage_warnings
FROM mart.group_reliance
WHERE leave_out = '[]'
ORDER BY corpus, measure, pattern_set, language_group;
