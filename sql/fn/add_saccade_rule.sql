-- Adds a rule that makes saccades from fixations, with its two measures, and derives the saccades of all readers.
--
-- Grain: one rule a call; an existing name is an error.
-- Source: human.saccade_rule says what the arguments mean.
-- Read by: people who add a rule, e.g. SELECT fn.add_saccade_rule('first_two', false, 2::smallint, 'what', 'who says so').
CREATE FUNCTION fn.add_saccade_rule(
    rule_name text, breaks boolean, per_word smallint, meaning text, said_by text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    rule_id smallint;
BEGIN
    INSERT INTO human.saccade_rule (saccade_rule, breaks_off_word, fixations_per_word, description, source)
    VALUES (rule_name, breaks, per_word, meaning, said_by)
    RETURNING saccade_rule_id INTO rule_id;

    INSERT INTO human.measure (measure, quantity, saccade_rule_id, measure_unit, description)
    VALUES
        ('saccade_count/' || rule_name, 'saccade_count', rule_id, 'saccades',
         'Number of saccades from word to word by the rule ' || rule_name),
        ('saccade_duration/' || rule_name, 'saccade_duration', rule_id, 'ms',
         'Time spent on fixations that the saccades arrived at by the rule ' || rule_name);

    PERFORM fn.add_reading_measures();
    PERFORM fn.derive_saccades(array_agg(subject_id)) FROM human.subject;
END
$$;
