"""Readers, fixations, saccades and region values."""

from alembic import op

revision = "0003"
down_revision = "0002"

CREATE = (
    """
    CREATE SCHEMA human
    """,
    """
    CREATE TABLE human.language_group (
        language_group TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT language_group_pk PRIMARY KEY (language_group)
    )
    """,
    """
    CREATE TABLE human.region (
        region_id SMALLINT GENERATED ALWAYS AS IDENTITY,
        region TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT region_pk PRIMARY KEY (region_id),
        CONSTRAINT region_region_key UNIQUE NULLS DISTINCT (region)
    )
    """,
    """
    CREATE TABLE human.saccade_rule (
        saccade_rule_id SMALLINT GENERATED ALWAYS AS IDENTITY,
        saccade_rule TEXT NOT NULL,
        breaks_off_word BOOLEAN NOT NULL,
        fixations_per_word SMALLINT,
        description TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT saccade_rule_pk PRIMARY KEY (saccade_rule_id),
        CONSTRAINT saccade_rule_saccade_rule_key UNIQUE NULLS DISTINCT (saccade_rule),
        CONSTRAINT saccade_rule_fixations_per_word_check CHECK (fixations_per_word > 0)
    )
    """,
    """
    CREATE TABLE human.measure (
        measure_id SMALLINT GENERATED ALWAYS AS IDENTITY,
        measure TEXT NOT NULL,
        quantity TEXT NOT NULL,
        saccade_rule_id SMALLINT,
        region_id SMALLINT,
        measure_unit TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT measure_pk PRIMARY KEY (measure_id),
        CONSTRAINT measure_measure_key UNIQUE NULLS DISTINCT (measure),
        CONSTRAINT measure_quantity_check CHECK (quantity IN ('saccade_count', 'saccade_duration', 'roi_value')),
        CONSTRAINT measure_derived_from_one_check CHECK ((saccade_rule_id IS NULL) <> (region_id IS NULL)),
        CONSTRAINT measure_saccade_rule_id_fk FOREIGN KEY(saccade_rule_id) REFERENCES human.saccade_rule (saccade_rule_id),
        CONSTRAINT measure_region_id_fk FOREIGN KEY(region_id) REFERENCES human.region (region_id)
    )
    """,
    """
    CREATE TABLE human.subject (
        subject_id INTEGER GENERATED ALWAYS AS IDENTITY,
        corpus_id INTEGER NOT NULL,
        language_group TEXT NOT NULL,
        subject_label TEXT NOT NULL,
        demographics JSONB NOT NULL,
        CONSTRAINT subject_pk PRIMARY KEY (subject_id),
        CONSTRAINT subject_corpus_id_language_group_subject_label_key UNIQUE NULLS DISTINCT (corpus_id, language_group, subject_label),
        CONSTRAINT subject_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT subject_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE human.exclusion (
        exclusion_id INTEGER GENERATED ALWAYS AS IDENTITY,
        subject_id INTEGER NOT NULL,
        saccade_rule_id SMALLINT,
        region_id SMALLINT,
        sentence_id INTEGER,
        excluded_because TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT exclusion_pk PRIMARY KEY (exclusion_id),
        CONSTRAINT exclusion_subject_id_saccade_rule_id_region_id_sentence_id_key UNIQUE NULLS NOT DISTINCT (subject_id, saccade_rule_id, region_id, sentence_id),
        CONSTRAINT exclusion_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT exclusion_saccade_rule_id_fk FOREIGN KEY(saccade_rule_id) REFERENCES human.saccade_rule (saccade_rule_id),
        CONSTRAINT exclusion_region_id_fk FOREIGN KEY(region_id) REFERENCES human.region (region_id),
        CONSTRAINT exclusion_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE human.fixation (
        subject_id INTEGER NOT NULL,
        sentence_id INTEGER NOT NULL,
        fixation_ordinal SMALLINT NOT NULL,
        word_position SMALLINT,
        start_ms INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        CONSTRAINT fixation_pk PRIMARY KEY (subject_id, sentence_id, fixation_ordinal),
        CONSTRAINT fixation_word_position_check CHECK (word_position >= 0),
        CONSTRAINT fixation_duration_ms_check CHECK (duration_ms >= 0),
        CONSTRAINT fixation_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT fixation_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE human.reading (
        subject_id INTEGER NOT NULL,
        sentence_id INTEGER NOT NULL,
        presentation_order SMALLINT NOT NULL,
        reading_time_ms INTEGER,
        CONSTRAINT reading_pk PRIMARY KEY (subject_id, sentence_id),
        CONSTRAINT reading_presentation_order_check CHECK (presentation_order >= 0),
        CONSTRAINT reading_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT reading_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE human.roi_coverage (
        subject_id INTEGER NOT NULL,
        region_id SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        CONSTRAINT roi_coverage_pk PRIMARY KEY (subject_id, region_id, sentence_id),
        CONSTRAINT roi_coverage_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT roi_coverage_region_id_fk FOREIGN KEY(region_id) REFERENCES human.region (region_id),
        CONSTRAINT roi_coverage_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE human.roi_value (
        subject_id INTEGER NOT NULL,
        region_id SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        to_word SMALLINT NOT NULL,
        roi_value DOUBLE PRECISION NOT NULL,
        CONSTRAINT roi_value_pk PRIMARY KEY (subject_id, region_id, sentence_id, from_word, to_word),
        CONSTRAINT roi_value_roi_value_check CHECK (roi_value <> 0 AND roi_value = roi_value),
        CONSTRAINT roi_value_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT roi_value_region_id_fk FOREIGN KEY(region_id) REFERENCES human.region (region_id),
        CONSTRAINT roi_value_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE human.saccade (
        subject_id INTEGER NOT NULL,
        saccade_rule_id SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        to_word SMALLINT NOT NULL,
        saccade_count SMALLINT NOT NULL,
        duration_ms INTEGER NOT NULL,
        CONSTRAINT saccade_pk PRIMARY KEY (subject_id, saccade_rule_id, sentence_id, from_word, to_word),
        CONSTRAINT saccade_saccade_count_check CHECK (saccade_count > 0),
        CONSTRAINT saccade_duration_ms_check CHECK (duration_ms >= 0),
        CONSTRAINT saccade_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT saccade_saccade_rule_id_fk FOREIGN KEY(saccade_rule_id) REFERENCES human.saccade_rule (saccade_rule_id),
        CONSTRAINT saccade_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    INSERT INTO human.language_group (language_group, description) VALUES
        ('L1', 'Native readers of the language'),
        ('L2', 'Readers who learnt the language as a second one')
    """,
    """
    INSERT INTO human.saccade_rule (saccade_rule, breaks_off_word, fixations_per_word, description, source) VALUES
        ('consecutive', true, NULL,
         'A saccade for each pair of consecutive fixations of a sentence that are both on a word; a fixation on no word breaks the chain.',
         'The physical reading; default of this warehouse'),
        ('first_three', false, 3,
         'Fixations on no word are skipped; only the first three fixations on a word count; then consecutive pairs.',
         'The reading that reproduces Gao et al. 2023 (EMNLP Findings), whose export holds three fixations per word')
    """,
    """
    INSERT INTO human.measure (measure, quantity, saccade_rule_id, measure_unit, description)
    SELECT
        quantity || '/' || saccade_rule,
        quantity,
        saccade_rule_id,
        measure_unit,
        meaning || ' by the rule ' || saccade_rule
    FROM human.saccade_rule
    CROSS JOIN (VALUES
        ('saccade_count', 'saccades', 'Number of saccades from word to word'),
        ('saccade_duration', 'ms', 'Time spent on fixations that the saccades arrived at')
    ) AS kind (quantity, measure_unit, meaning)
    ORDER BY saccade_rule_id, quantity
    """,
)

DROP = (
    "DROP TABLE human.saccade",
    "DROP TABLE human.roi_value",
    "DROP TABLE human.roi_coverage",
    "DROP TABLE human.reading",
    "DROP TABLE human.fixation",
    "DROP TABLE human.exclusion",
    "DROP TABLE human.subject",
    "DROP TABLE human.measure",
    "DROP TABLE human.saccade_rule",
    "DROP TABLE human.region",
    "DROP TABLE human.language_group",
    "DROP SCHEMA human",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit",
    "DELETE FROM ops.usage_warning_on WHERE entity = 'region'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
