"""Human resemblance and noise ceilings."""

from alembic import op

revision = "0005"
down_revision = "0004"

CREATE = (
    """
    CREATE SCHEMA result
    """,
    """
    CREATE TABLE result.ceiling_kind (
        ceiling_kind TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT ceiling_kind_pk PRIMARY KEY (ceiling_kind)
    )
    """,
    """
    CREATE TABLE result.human_resemblance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        r2 DOUBLE PRECISION,
        adjusted_r2 DOUBLE PRECISION,
        cv_r2 DOUBLE PRECISION,
        cell_count INTEGER NOT NULL,
        predictor_count INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        condition_number DOUBLE PRECISION,
        CONSTRAINT human_resemblance_pk PRIMARY KEY (run_id, extraction_id, layer, measure_id, subject_id),
        CONSTRAINT human_resemblance_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT human_resemblance_r2_check CHECK (r2 <= 1.000001),
        CONSTRAINT human_resemblance_adjusted_r2_check CHECK (adjusted_r2 <= r2 + 0.000001),
        CONSTRAINT human_resemblance_cell_count_check CHECK (cell_count > 0),
        CONSTRAINT human_resemblance_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT human_resemblance_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT human_resemblance_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id)
    )
    """,
    """
    CREATE TABLE result.noise_ceiling (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        corpus_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        ceiling_kind TEXT NOT NULL,
        ceiling DOUBLE PRECISION,
        standard_error DOUBLE PRECISION,
        subject_count INTEGER NOT NULL,
        cell_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT noise_ceiling_pk PRIMARY KEY (run_id, corpus_id, measure_id, language_group, ceiling_kind),
        CONSTRAINT noise_ceiling_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT noise_ceiling_subject_count_check CHECK (subject_count > 0),
        CONSTRAINT noise_ceiling_cell_count_check CHECK (cell_count > 0),
        CONSTRAINT noise_ceiling_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT noise_ceiling_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT noise_ceiling_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group),
        CONSTRAINT noise_ceiling_ceiling_kind_fk FOREIGN KEY(ceiling_kind) REFERENCES result.ceiling_kind (ceiling_kind)
    )
    """,
    """
    INSERT INTO result.ceiling_kind (ceiling_kind, description) VALUES
        ('group_mean', 'R2 of predicting each reader by the mean of the group, the reader included, as the paper does; too high'),
        ('leave_one_out', 'R2 of predicting each reader by the mean of the others')
    """,
)

DROP = (
    "DROP TABLE result.noise_ceiling",
    "DROP TABLE result.human_resemblance",
    "DROP TABLE result.ceiling_kind",
    "DROP SCHEMA result",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job LIKE 'compute %'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
