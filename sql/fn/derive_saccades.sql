-- Derives the saccades of some readers from their fixations, by every rule of human.saccade_rule; gives the rows made.
--
-- Grain: one row of human.saccade per reader, rule, reading and pair of words with at least one saccade.
-- Leaves out: saccades from or to no word. A fixation on no word ends the chain where the rule says so, and is skipped
-- where it does not. Example, with fixations on words 1, none, 2: `consecutive` makes none, `first_three` makes 1 -> 2.
-- No saccade joins fixations between which the eye was on another sentence: fixations are counted over the trial, so
-- that a sentence's own leave a number out there. Measures of later readings come with the first reader who has some.
-- Source: the method of Gao et al. 2023 (EMNLP Findings), section 3, made explicit as two rules.
-- Read by: warehouse ingest, fn.add_saccade_rule.
CREATE FUNCTION fn.derive_saccades(subjects integer[]) RETURNS bigint
LANGUAGE sql
AS $$
DELETE FROM human.saccade WHERE subject_id = ANY(subjects);

SELECT fn.add_reading_measures() WHERE EXISTS (
    SELECT 1 FROM human.reading WHERE subject_id = ANY(subjects) AND reading_ordinal > 1
);

WITH
-- fixations that follow each other share a chain: ordinal and row number part where an ordinal is left out
chained AS (
    SELECT
        subject_id,
        sentence_id,
        reading_ordinal,
        fixation_ordinal,
        word_position,
        duration_ms,
        fixation_ordinal - row_number() OVER (
            PARTITION BY subject_id, sentence_id, reading_ordinal ORDER BY fixation_ordinal
        ) AS chain
    FROM human.fixation
    WHERE subject_id = ANY(subjects)
),

-- every fixation under every rule, with its number among those on the same word in the same reading of the sentence
visit AS (
    SELECT
        fixation.subject_id,
        fixation.sentence_id,
        fixation.reading_ordinal,
        fixation.chain,
        fixation.fixation_ordinal,
        fixation.word_position,
        fixation.duration_ms,
        saccade_rule.saccade_rule_id,
        saccade_rule.fixations_per_word,
        row_number() OVER (
            PARTITION BY
                saccade_rule.saccade_rule_id,
                fixation.subject_id,
                fixation.sentence_id,
                fixation.reading_ordinal,
                fixation.word_position
            ORDER BY fixation.fixation_ordinal
        ) AS visit_number
    FROM chained AS fixation
    CROSS JOIN human.saccade_rule
    WHERE saccade_rule.breaks_off_word OR fixation.word_position IS NOT NULL
),

-- each fixation that counts beside the one before it
step AS (
    SELECT
        subject_id,
        saccade_rule_id,
        sentence_id,
        reading_ordinal,
        lag(word_position) OVER (
            PARTITION BY saccade_rule_id, subject_id, sentence_id, reading_ordinal, chain ORDER BY fixation_ordinal
        ) AS from_word,
        word_position AS to_word,
        duration_ms
    FROM visit
    WHERE fixations_per_word IS NULL OR word_position IS NULL OR visit_number <= fixations_per_word
),

made AS (
    INSERT INTO human.saccade (
        subject_id, saccade_rule_id, sentence_id, reading_ordinal, from_word, to_word, saccade_count,
        landing_duration_ms
    )
    SELECT
        subject_id,
        saccade_rule_id,
        sentence_id,
        reading_ordinal,
        from_word,
        to_word,
        count(*),
        sum(duration_ms)
    FROM step
    WHERE from_word IS NOT NULL AND to_word IS NOT NULL
    GROUP BY subject_id, saccade_rule_id, sentence_id, reading_ordinal, from_word, to_word
    RETURNING 1
)

SELECT count(*) FROM made;
$$;
