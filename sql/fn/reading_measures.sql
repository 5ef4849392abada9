-- The words that were shown to a reader, with the times and regressions of mart.reading_measure, which says what they mean.
--
-- Grain: one row per reading, sentence and word of the sentence.
-- Source: those of mart.reading_measure. The first pass over a word begins where the eye gets further than ever before in
-- the trial; what it looks at until it gets further again is the word's go-past time. Example, with fixations on words
-- 0, 1, 1, 0, 2: word 1 has two fixations in its first pass, and its go-past time is that of 1, 1, 0.
-- Read by: mart.reading_measure, mart.word_measure.
CREATE FUNCTION fn.reading_measures(reader integer) RETURNS TABLE (
    sentence_id integer,
    reading_ordinal smallint,
    word_position smallint,
    first_fixation_duration_ms integer,
    single_fixation_duration_ms integer,
    gaze_duration_ms integer,
    go_past_time_ms integer,
    second_pass_time_ms integer,
    total_reading_time_ms integer,
    fixation_count integer,
    has_first_pass_regression boolean,
    has_regression_out boolean,
    has_regression_in boolean
)
LANGUAGE sql STABLE ROWS 1000
AS $$
WITH
-- where each fixation is in the order of the words on the screen; null on no word
placed AS (
    SELECT
        fixation.sentence_id,
        fixation.reading_ordinal,
        fixation.word_position,
        fixation.fixation_ordinal,
        fixation.duration_ms,
        CASE WHEN reading.trial_position IS NULL THEN -fixation.sentence_id ELSE reading.trial_position END AS trial,
        sentence.sentence_position::bigint * 32768 + fixation.word_position AS place
    FROM human.fixation
    JOIN human.reading
        ON
            reading.subject_id = fixation.subject_id
            AND reading.sentence_id = fixation.sentence_id
            AND reading.reading_ordinal = fixation.reading_ordinal
    JOIN stimulus.sentence ON sentence.sentence_id = fixation.sentence_id
    WHERE fixation.subject_id = reader
),

-- each beside its neighbours, where these follow it at once, and how far the eye had got before
beside AS (
    SELECT
        *,
        CASE WHEN fixation_ordinal = lag(fixation_ordinal) OVER trial + 1 THEN lag(place) OVER trial END AS before,
        CASE WHEN fixation_ordinal = lead(fixation_ordinal) OVER trial - 1 THEN lead(place) OVER trial END AS after,
        max(place) OVER (trial ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS furthest
    FROM placed
    WINDOW trial AS (PARTITION BY placed.trial, placed.reading_ordinal ORDER BY placed.fixation_ordinal)
),

-- runs of fixations on one word, and the stretches between getting further and getting further again
counted AS (
    SELECT
        *,
        count(*) FILTER (WHERE before IS DISTINCT FROM place) OVER trial AS run,
        count(*) FILTER (WHERE place > COALESCE(furthest, -1)) OVER trial AS stretch
    FROM beside
    WINDOW trial AS (PARTITION BY beside.trial, beside.reading_ordinal ORDER BY beside.fixation_ordinal)
),

passed AS (
    SELECT
        *,
        run = max(CASE WHEN place > COALESCE(furthest, -1) THEN run END) OVER trial AS is_first_pass,
        sum(duration_ms) FILTER (WHERE place IS NOT NULL) OVER (
            PARTITION BY counted.trial, counted.reading_ordinal, counted.stretch
        ) AS stretch_ms
    FROM counted
    WINDOW trial AS (PARTITION BY counted.trial, counted.reading_ordinal ORDER BY counted.fixation_ordinal)
),

looked_at AS (
    SELECT
        sentence_id,
        reading_ordinal,
        word_position,
        sum(duration_ms) FILTER (WHERE place > COALESCE(furthest, -1)) AS first_ms,
        sum(duration_ms) FILTER (WHERE is_first_pass) AS gaze_ms,
        count(*) FILTER (WHERE is_first_pass) AS first_pass_count,
        max(stretch_ms) FILTER (WHERE place > COALESCE(furthest, -1)) AS go_past_ms,
        sum(duration_ms) AS total_ms,
        count(*) AS fixation_count,
        bool_or(is_first_pass AND after < place) AS has_first_pass_regression,
        bool_or(after < place) AS has_regression_out,
        bool_or(before > place) AS has_regression_in
    FROM passed
    WHERE place IS NOT NULL
    GROUP BY sentence_id, reading_ordinal, word_position
)

SELECT
    reading.sentence_id,
    reading.reading_ordinal,
    word.word_position,
    looked_at.first_ms::integer,
    CASE WHEN looked_at.first_pass_count = 1 THEN looked_at.gaze_ms::integer END,
    looked_at.gaze_ms::integer,
    looked_at.go_past_ms::integer,
    COALESCE(looked_at.total_ms - COALESCE(looked_at.gaze_ms, 0), 0)::integer,
    COALESCE(looked_at.total_ms, 0)::integer,
    COALESCE(looked_at.fixation_count, 0)::integer,
    CASE WHEN looked_at.first_pass_count > 0 THEN COALESCE(looked_at.has_first_pass_regression, false) END,
    COALESCE(looked_at.has_regression_out, false),
    COALESCE(looked_at.has_regression_in, false)
FROM human.reading
JOIN stimulus.word ON word.sentence_id = reading.sentence_id
LEFT JOIN looked_at
    ON
        looked_at.sentence_id = word.sentence_id
        AND looked_at.reading_ordinal = reading.reading_ordinal
        AND looked_at.word_position = word.word_position
WHERE reading.subject_id = reader;
$$;
