"""Divergence of attention between two extractions, its tests, and the pairs of models that it is measured against."""

from alembic import op

revision = "0007"
down_revision = "0006"

CREATE = (
    """
    CREATE TABLE model.reference_pair (
        left_model_id INTEGER NOT NULL,
        right_model_id INTEGER NOT NULL,
        reason TEXT NOT NULL,
        CONSTRAINT reference_pair_pk PRIMARY KEY (left_model_id, right_model_id),
        CONSTRAINT reference_pair_models_check CHECK (left_model_id <> right_model_id),
        CONSTRAINT reference_pair_left_model_id_fk FOREIGN KEY(left_model_id) REFERENCES model.language_model (language_model_id),
        CONSTRAINT reference_pair_right_model_id_fk FOREIGN KEY(right_model_id) REFERENCES model.language_model (language_model_id)
    )
    """,
    """
    CREATE TABLE result.attention_divergence (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        comparison TEXT NOT NULL,
        left_extraction_id INTEGER NOT NULL,
        right_extraction_id INTEGER NOT NULL,
        depth_kind TEXT NOT NULL,
        depth SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        js_nats DOUBLE PRECISION,
        js_head_averaged_nats DOUBLE PRECISION NOT NULL,
        jeffreys_nats DOUBLE PRECISION,
        jeffreys_infinite_count INTEGER,
        jeffreys_head_averaged_nats DOUBLE PRECISION NOT NULL,
        jeffreys_head_averaged_infinite_count INTEGER NOT NULL,
        CONSTRAINT attention_divergence_pk PRIMARY KEY (run_id, comparison, left_extraction_id, right_extraction_id, depth_kind, depth, sentence_id),
        CONSTRAINT attention_divergence_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT attention_divergence_js_nats_check CHECK (js_nats BETWEEN 0 AND ln(2.0) + 0.000001),
        CONSTRAINT attention_divergence_js_head_averaged_nats_check CHECK (js_head_averaged_nats BETWEEN 0 AND ln(2.0) + 0.000001),
        CONSTRAINT attention_divergence_left_extraction_id_fk FOREIGN KEY(left_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT attention_divergence_right_extraction_id_fk FOREIGN KEY(right_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT attention_divergence_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE result.head_divergence (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        comparison TEXT NOT NULL,
        left_extraction_id INTEGER NOT NULL,
        right_extraction_id INTEGER NOT NULL,
        depth_kind TEXT NOT NULL,
        depth SMALLINT NOT NULL,
        head SMALLINT NOT NULL,
        js_nats DOUBLE PRECISION NOT NULL,
        sentence_count INTEGER NOT NULL,
        CONSTRAINT head_divergence_pk PRIMARY KEY (run_id, comparison, left_extraction_id, right_extraction_id, depth_kind, depth, head),
        CONSTRAINT head_divergence_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT head_divergence_sentence_count_check CHECK (sentence_count > 0),
        CONSTRAINT head_divergence_left_extraction_id_fk FOREIGN KEY(left_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT head_divergence_right_extraction_id_fk FOREIGN KEY(right_extraction_id) REFERENCES model.extraction (extraction_id)
    )
    """,
    """
    CREATE TABLE result.divergence_test (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        comparison TEXT NOT NULL,
        left_extraction_id INTEGER NOT NULL,
        right_extraction_id INTEGER NOT NULL,
        against TEXT NOT NULL,
        reference_left_extraction_id INTEGER NOT NULL,
        reference_right_extraction_id INTEGER NOT NULL,
        depth_kind TEXT NOT NULL,
        depth SMALLINT NOT NULL,
        divergence_kind TEXT NOT NULL,
        mean_difference_nats DOUBLE PRECISION NOT NULL,
        t_statistic DOUBLE PRECISION,
        p_value DOUBLE PRECISION,
        p_bonferroni DOUBLE PRECISION,
        p_holm DOUBLE PRECISION,
        p_benjamini_hochberg DOUBLE PRECISION,
        sentence_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT divergence_test_pk PRIMARY KEY (run_id, comparison, left_extraction_id, right_extraction_id, against, reference_left_extraction_id, reference_right_extraction_id, depth_kind, depth, divergence_kind),
        CONSTRAINT divergence_test_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT divergence_test_p_value_check CHECK (p_value BETWEEN 0 AND 1),
        CONSTRAINT divergence_test_sentence_count_check CHECK (sentence_count > 0),
        CONSTRAINT divergence_test_left_extraction_id_fk FOREIGN KEY(left_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT divergence_test_right_extraction_id_fk FOREIGN KEY(right_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT divergence_test_reference_left_extraction_id_fk FOREIGN KEY(reference_left_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT divergence_test_reference_right_extraction_id_fk FOREIGN KEY(reference_right_extraction_id) REFERENCES model.extraction (extraction_id)
    )
    """,
)

DROP = (
    "DROP TABLE result.divergence_test",
    "DROP TABLE result.head_divergence",
    "DROP TABLE result.attention_divergence",
    "DROP TABLE model.reference_pair",
    # the ledger must not tell of rows that are gone
    """
    DELETE FROM ops.unit USING ops.run
    WHERE run.run_id = unit.run_id AND run.job IN ('compute attention_divergence', 'compute divergence_significance')
    """,
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
