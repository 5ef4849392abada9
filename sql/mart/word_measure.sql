-- How a group read each word: means of the measures of reading over its readers.
--
-- Grain: one row per corpus, group of readers, reading and word.
-- Leaves out: what mart.reading_measure leaves out; first-pass means are over the readers who did not skip the word.
-- Beware: means of different words are over different readers where these read different sentences: subject_count.
-- Source: mart.reading_measure.
-- Read by: people, BI tools.
CREATE VIEW mart.word_measure AS
SELECT
    corpus,
    language_group,
    sentence_label,
    reading_ordinal,
    word_position,
    word_text,
    count(*)::integer AS subject_count,
    avg(is_skipped::integer)::double precision AS skipping_rate,
    avg(first_fixation_duration_ms)::double precision AS mean_first_fixation_duration_ms,
    avg(single_fixation_duration_ms)::double precision AS mean_single_fixation_duration_ms,
    avg(gaze_duration_ms)::double precision AS mean_gaze_duration_ms,
    avg(go_past_time_ms)::double precision AS mean_go_past_time_ms,
    avg(second_pass_time_ms)::double precision AS mean_second_pass_time_ms,
    avg(total_reading_time_ms)::double precision AS mean_total_reading_time_ms,
    avg(fixation_count)::double precision AS mean_fixation_count,
    avg(has_first_pass_regression::integer)::double precision AS first_pass_regression_rate,
    avg(has_regression_out::integer)::double precision AS regression_out_rate,
    avg(has_regression_in::integer)::double precision AS regression_in_rate,
    sentence_id
FROM mart.reading_measure
GROUP BY corpus, language_group, sentence_id, sentence_label, reading_ordinal, word_position, word_text;
