"""Readers, gaze and brain activation."""

from warehouse.schema.fields.field import BOOL, DOUBLE, INT, JSON, SMALL, TEXT, Field

FIELDS: dict[str, Field] = {
    "language_group": Field(
        TEXT,
        "Group of the reader: L1 reads the native, L2 a second language, others are a study's own",
        example="L1",
        heading="group",
    ),
    "subject_id": Field(INT, "Surrogate id of the reader", example="12"),
    "subject_label": Field(
        TEXT,
        "Name of the reader: in human.subject the source's own (sub-02), in mart with the group before it, so that no "
        "other reader of the corpus has it",
        example="L1/sub-02",
    ),
    "demographics": Field(
        JSON, "What the source tells of the reader: age, gender, field of study", example='{"age": 23}'
    ),
    "exclusion_id": Field(INT, "Number of the exclusion", example="1"),
    "excluded_because": Field(TEXT, "Why it is left out, in words", example="run 5 is missing"),
    "source": Field(TEXT, "Who says so: publication, file, or rule of this warehouse", example="Gao et al. 2023"),
    "presentation_order": Field(SMALL, "When the sentence was shown to this reader, counted from 0", "from 0", "40"),
    "reading_ordinal": Field(
        SMALL, "Which time this reader read the sentence: 1 the first, 2 the second", "from 1", "1"
    ),
    "of_reading": Field(SMALL, "Which reading of a sentence counts: 1 the first; null: all together", "from 1", "1"),
    "trial_position": Field(
        SMALL,
        "Place of the trial, one showing of one screen, among those of the reader, counted from 0; null: the sentence "
        "was shown alone",
        "from 0",
        "7",
    ),
    "trial_label": Field(TEXT, "The source's own name of what the trial showed, e.g. of the page", example="1A"),
    "reading_time_ms": Field(
        INT, "Time from the sentence's onset to the reader's key press; null where there was none", "ms", "5260"
    ),
    "display_time_ms": Field(
        INT, "How long the sentence was on the screen; null where the source does not tell", "ms", "8000"
    ),
    "fixation_ordinal": Field(
        SMALL,
        "Place of the fixation in the reader's path over the trial, counted from 0: where a number is left out, the "
        "eye was on another sentence or the source discards the fixation",
        "from 0",
        "0",
    ),
    "start_ms": Field(
        INT,
        "Start of the fixation after the onset of the trial; null where the source tells only the order",
        "ms",
        "272",
    ),
    "duration_ms": Field(INT, "Duration of the fixation, or of all fixations on the word", "ms", "270"),
    "landing_duration_ms": Field(
        INT,
        "Duration of the fixations that the transitions land in, together: how long the eye stayed after it had come "
        "from the other word. A saccade's own duration, while the eye moves, is something else",
        "ms",
        "270",
    ),
    "saccade_rule_id": Field(SMALL, "Surrogate id of the rule that makes saccades from fixations", example="1"),
    "saccade_rule": Field(TEXT, "Name of the rule that makes saccades from fixations", example="consecutive"),
    "breaks_off_word": Field(
        BOOL, "True where a fixation on no word ends the chain; false where it is skipped", example="true"
    ),
    "fixations_per_word": Field(SMALL, "Only so many first fixations on a word count; null: all", "fixations", "3"),
    "saccade_count": Field(
        SMALL,
        "Transitions from one word to the other, refixations included: pairs of fixations that the rule takes for "
        "consecutive",
        "transitions",
        "2",
    ),
    "region_id": Field(SMALL, "Surrogate id of the brain region", example="1"),
    "region": Field(TEXT, "Name of the brain region of interest (ROI)", example="angular"),
    "roi_value": Field(
        DOUBLE,
        "Activation of the region at the saccade from word to word, in the source's own unit",
        "the source's own, any sign",
        "0.42",
    ),
    "measure_id": Field(SMALL, "Surrogate id of the human measure", example="1"),
    "measure": Field(TEXT, "Human measure that is compared with attention", example="saccade_count/consecutive"),
    "quantity": Field(
        TEXT,
        "Kind of the measure: saccade_count, saccade_duration, roi_value, or a reading time of words",
        example="saccade_count",
    ),
    "measure_unit": Field(TEXT, "Unit of the measure's values", example="ms"),
    "description": Field(TEXT, "What it is, in words", example="Fixations between words end the chain"),
}
