"""How well attention explains transition counts by Poisson regression."""

from alembic import op

revision = "0032"
down_revision = "0031"

CREATE = """
    CREATE TABLE result.count_model (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        d2 DOUBLE PRECISION,
        cv_d2 DOUBLE PRECISION,
        dispersion DOUBLE PRECISION,
        penalty DOUBLE PRECISION,
        penalty_end_count INTEGER NOT NULL,
        cell_count INTEGER NOT NULL,
        predictor_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT count_model_pk PRIMARY KEY (run_id, extraction_id, layer, measure_id, subject_id),
        CONSTRAINT count_model_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT count_model_d2_check CHECK (d2 <= 1.000001),
        CONSTRAINT count_model_cv_d2_check CHECK (cv_d2 <= 1.000001),
        CONSTRAINT count_model_dispersion_check CHECK (dispersion >= 0),
        CONSTRAINT count_model_extraction_id_fk
            FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT count_model_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT count_model_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id)
    )
"""
# the ledger must not tell of rows that are gone
FORGET = """
    DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job = 'compute count_model'
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("DROP TABLE result.count_model")
    op.execute(FORGET)
