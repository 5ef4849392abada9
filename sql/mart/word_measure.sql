-- How a group read each word: means of the measures of reading over its readers.
--
-- Grain: one row per corpus, group of readers, reading and word.
-- Key: language_group, sentence_id, reading_ordinal, word_position
-- Leaves out: readers and sentences that are excluded whatever the rule (mart.exclusion); first-pass means are over the
-- readers who did not skip the word.
-- Beware: means of different words are over different readers where these read different sentences: subject_count.
-- Source: mart.reading_measure says what each measure is.
-- Read by: people, BI tools.
CREATE VIEW mart.word_measure AS
SELECT
    corpus.corpus,
    measured.language_group,
    sentence.sentence_label,
    measured.reading_ordinal,
    measured.word_position,
    word.word_text,
    measured.subject_count,
    measured.skipping_rate,
    measured.mean_first_fixation_duration_ms,
    measured.mean_single_fixation_duration_ms,
    measured.mean_gaze_duration_ms,
    measured.mean_go_past_time_ms,
    measured.mean_second_pass_time_ms,
    measured.mean_total_reading_time_ms,
    measured.mean_fixation_count,
    measured.first_pass_regression_rate,
    measured.regression_out_rate,
    measured.regression_in_rate,
    measured.reading_ordinal = 1 AS is_default,
    measured.sentence_id
FROM (
    SELECT
        subject.corpus_id,
        subject.language_group,
        measure.sentence_id,
        measure.reading_ordinal,
        measure.word_position,
        count(*)::integer AS subject_count,
        avg((measure.gaze_duration_ms IS NULL)::integer)::double precision AS skipping_rate,
        avg(measure.first_fixation_duration_ms)::double precision AS mean_first_fixation_duration_ms,
        avg(measure.single_fixation_duration_ms)::double precision AS mean_single_fixation_duration_ms,
        avg(measure.gaze_duration_ms)::double precision AS mean_gaze_duration_ms,
        avg(measure.go_past_time_ms)::double precision AS mean_go_past_time_ms,
        avg(measure.second_pass_time_ms)::double precision AS mean_second_pass_time_ms,
        avg(measure.total_reading_time_ms)::double precision AS mean_total_reading_time_ms,
        avg(measure.fixation_count)::double precision AS mean_fixation_count,
        avg(measure.has_first_pass_regression::integer)::double precision AS first_pass_regression_rate,
        avg(measure.has_regression_out::integer)::double precision AS regression_out_rate,
        avg(measure.has_regression_in::integer)::double precision AS regression_in_rate
    FROM human.subject
    CROSS JOIN LATERAL fn.reading_measures(subject.subject_id) AS measure
    WHERE
        subject.subject_id NOT IN (
            SELECT excluded.subject_id
            FROM current.reader_exclusion AS excluded
            WHERE excluded.sentence_id IS NULL
        )
        AND (subject.subject_id, measure.sentence_id) NOT IN (
            SELECT
                excluded.subject_id,
                excluded.sentence_id
            FROM current.reader_exclusion AS excluded
            WHERE excluded.sentence_id IS NOT NULL
        )
    GROUP BY
        subject.corpus_id,
        subject.language_group,
        measure.sentence_id,
        measure.reading_ordinal,
        measure.word_position
) AS measured
JOIN stimulus.corpus ON corpus.corpus_id = measured.corpus_id
JOIN stimulus.sentence ON sentence.sentence_id = measured.sentence_id
JOIN stimulus.word ON word.sentence_id = measured.sentence_id AND word.word_position = measured.word_position;
