"""Trivial patterns, and how far models and readers follow them."""

from alembic import op

revision = "0008"
down_revision = "0007"

CREATE = (
    """
    CREATE TABLE stimulus.pattern (
        pattern_id SMALLINT GENERATED ALWAYS AS IDENTITY,
        pattern TEXT NOT NULL,
        to_position SMALLINT,
        words_back SMALLINT,
        description TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT pattern_pk PRIMARY KEY (pattern_id),
        CONSTRAINT pattern_pattern_key UNIQUE NULLS DISTINCT (pattern),
        CONSTRAINT pattern_to_position_check CHECK (to_position >= 0),
        CONSTRAINT pattern_words_back_check CHECK (words_back >= 0),
        CONSTRAINT pattern_one_rule_check CHECK (to_position IS NULL OR words_back IS NULL)
    )
    """,
    """
    CREATE TABLE stimulus.pattern_cell (
        pattern_id SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        to_word SMALLINT NOT NULL,
        CONSTRAINT pattern_cell_pk PRIMARY KEY (pattern_id, sentence_id, from_word, to_word),
        CONSTRAINT pattern_cell_to_word_check CHECK (to_word BETWEEN 0 AND from_word),
        CONSTRAINT pattern_cell_pattern_id_fk FOREIGN KEY(pattern_id) REFERENCES stimulus.pattern (pattern_id),
        CONSTRAINT pattern_cell_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE stimulus.pattern_set (
        pattern_set TEXT NOT NULL,
        description TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT pattern_set_pk PRIMARY KEY (pattern_set)
    )
    """,
    """
    CREATE TABLE stimulus.pattern_set_member (
        pattern_set TEXT NOT NULL,
        pattern_id SMALLINT NOT NULL,
        CONSTRAINT pattern_set_member_pk PRIMARY KEY (pattern_set, pattern_id),
        CONSTRAINT pattern_set_member_pattern_set_fk FOREIGN KEY(pattern_set) REFERENCES stimulus.pattern_set (pattern_set),
        CONSTRAINT pattern_set_member_pattern_id_fk FOREIGN KEY(pattern_id) REFERENCES stimulus.pattern (pattern_id)
    )
    """,
    """
    CREATE TABLE result.head_reliance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        pattern_set TEXT NOT NULL,
        head SMALLINT NOT NULL,
        r2 DOUBLE PRECISION,
        adjusted_r2 DOUBLE PRECISION,
        cv_r2 DOUBLE PRECISION,
        CONSTRAINT head_reliance_pk PRIMARY KEY (run_id, extraction_id, layer, pattern_set, head),
        CONSTRAINT head_reliance_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT head_reliance_head_check CHECK (head >= 0),
        CONSTRAINT head_reliance_r2_check CHECK (r2 <= 1.000001),
        CONSTRAINT head_reliance_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT head_reliance_pattern_set_fk FOREIGN KEY(pattern_set) REFERENCES stimulus.pattern_set (pattern_set)
    )
    """,
    """
    CREATE TABLE result.layer_reliance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        pattern_set TEXT NOT NULL,
        r2 DOUBLE PRECISION,
        adjusted_r2 DOUBLE PRECISION,
        cv_r2 DOUBLE PRECISION,
        standard_error DOUBLE PRECISION,
        pooled_r2 DOUBLE PRECISION,
        cell_count INTEGER NOT NULL,
        predictor_count INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        CONSTRAINT layer_reliance_pk PRIMARY KEY (run_id, extraction_id, layer, pattern_set),
        CONSTRAINT layer_reliance_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT layer_reliance_r2_check CHECK (r2 <= 1.000001),
        CONSTRAINT layer_reliance_cell_count_check CHECK (cell_count > 0),
        CONSTRAINT layer_reliance_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT layer_reliance_pattern_set_fk FOREIGN KEY(pattern_set) REFERENCES stimulus.pattern_set (pattern_set)
    )
    """,
    """
    CREATE TABLE result.reader_reliance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        pattern_set TEXT NOT NULL,
        r2 DOUBLE PRECISION,
        adjusted_r2 DOUBLE PRECISION,
        cv_r2 DOUBLE PRECISION,
        cell_count INTEGER NOT NULL,
        predictor_count INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        CONSTRAINT reader_reliance_pk PRIMARY KEY (run_id, measure_id, subject_id, pattern_set),
        CONSTRAINT reader_reliance_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT reader_reliance_r2_check CHECK (r2 <= 1.000001),
        CONSTRAINT reader_reliance_cell_count_check CHECK (cell_count > 0),
        CONSTRAINT reader_reliance_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT reader_reliance_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT reader_reliance_pattern_set_fk FOREIGN KEY(pattern_set) REFERENCES stimulus.pattern_set (pattern_set)
    )
    """,
    """
    CREATE TABLE result.reliance_test (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        corpus_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        pattern_set TEXT NOT NULL,
        left_group TEXT NOT NULL,
        right_group TEXT NOT NULL,
        left_r2 DOUBLE PRECISION,
        right_r2 DOUBLE PRECISION,
        r2_difference DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_value DOUBLE PRECISION,
        left_count INTEGER NOT NULL,
        right_count INTEGER NOT NULL,
        test_kind TEXT NOT NULL,
        p_greater DOUBLE PRECISION,
        missing_because TEXT,
        CONSTRAINT reliance_test_pk PRIMARY KEY (run_id, corpus_id, measure_id, pattern_set, left_group, right_group),
        CONSTRAINT reliance_test_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT reliance_test_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT reliance_test_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT reliance_test_pattern_set_fk FOREIGN KEY(pattern_set) REFERENCES stimulus.pattern_set (pattern_set),
        CONSTRAINT reliance_test_left_group_fk FOREIGN KEY(left_group) REFERENCES human.language_group (language_group),
        CONSTRAINT reliance_test_right_group_fk FOREIGN KEY(right_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.reliance_difference (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        comparison TEXT NOT NULL,
        left_extraction_id INTEGER NOT NULL,
        right_extraction_id INTEGER NOT NULL,
        pattern_set TEXT NOT NULL,
        quarter SMALLINT NOT NULL,
        left_r2 DOUBLE PRECISION,
        right_r2 DOUBLE PRECISION,
        r2_difference DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_value DOUBLE PRECISION,
        left_count INTEGER NOT NULL,
        right_count INTEGER NOT NULL,
        test_kind TEXT NOT NULL,
        p_bonferroni DOUBLE PRECISION,
        p_holm DOUBLE PRECISION,
        p_benjamini_hochberg DOUBLE PRECISION,
        missing_because TEXT,
        CONSTRAINT reliance_difference_pk PRIMARY KEY (run_id, comparison, left_extraction_id, right_extraction_id, pattern_set, quarter),
        CONSTRAINT reliance_difference_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT reliance_difference_quarter_check CHECK (quarter BETWEEN 0 AND 3),
        CONSTRAINT reliance_difference_left_extraction_id_fk FOREIGN KEY(left_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT reliance_difference_right_extraction_id_fk FOREIGN KEY(right_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT reliance_difference_pattern_set_fk FOREIGN KEY(pattern_set) REFERENCES stimulus.pattern_set (pattern_set)
    )
    """,
    """
    INSERT INTO stimulus.pattern (pattern, to_position, words_back, description, source) VALUES
        ('first_word', 0, NULL, 'looks at the first word of the sentence', 'Gao et al. 2023 (EMNLP Findings)'),
        ('previous_word', NULL, 1, 'looks at the word before', 'Gao et al. 2023 (EMNLP Findings)'),
        ('self', NULL, 0, 'stays at the word itself', 'Gao et al. 2023 (EMNLP Findings)')
    """,
    """
    INSERT INTO stimulus.pattern_set (pattern_set, description, source) VALUES
        ('trivial', 'first word, previous word and the word itself', 'Gao et al. 2023 (EMNLP Findings)')
    """,
    """
    INSERT INTO stimulus.pattern_set_member (pattern_set, pattern_id) SELECT 'trivial', pattern_id FROM stimulus.pattern
    """,
)

DROP = (
    "DROP TABLE result.reliance_difference",
    "DROP TABLE result.reliance_test",
    "DROP TABLE result.reader_reliance",
    "DROP TABLE result.layer_reliance",
    "DROP TABLE result.head_reliance",
    "DROP TABLE stimulus.pattern_set_member",
    "DROP TABLE stimulus.pattern_set",
    "DROP TABLE stimulus.pattern_cell",
    "DROP TABLE stimulus.pattern",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job LIKE 'compute %reliance%'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
