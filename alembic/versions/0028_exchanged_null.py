"""What is left of a resemblance with the attention of other sentences of the same length."""

from alembic import op

revision = "0028"
down_revision = "0027"

CREATE = """
    CREATE TABLE result.exchanged_null (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        r2 DOUBLE PRECISION,
        cv_r2 DOUBLE PRECISION,
        exchanged_r2 DOUBLE PRECISION,
        exchanged_r2_sd DOUBLE PRECISION,
        exchanged_r2_most DOUBLE PRECISION,
        exchanged_cv_r2 DOUBLE PRECISION,
        exchanged_cv_r2_sd DOUBLE PRECISION,
        exchanged_p DOUBLE PRECISION,
        exchanged_sentence_count INTEGER NOT NULL,
        draw_count INTEGER NOT NULL,
        subject_count INTEGER NOT NULL,
        cell_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT exchanged_null_pk PRIMARY KEY (run_id, extraction_id, layer, measure_id, language_group),
        CONSTRAINT exchanged_null_run_id_unit_id_fk
            FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT exchanged_null_exchanged_r2_check CHECK (exchanged_r2 <= 1.000001),
        CONSTRAINT exchanged_null_exchanged_p_check CHECK (exchanged_p BETWEEN 0 AND 1),
        CONSTRAINT exchanged_null_draw_count_check CHECK (draw_count > 0),
        CONSTRAINT exchanged_null_extraction_id_fk
            FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT exchanged_null_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT exchanged_null_language_group_fk
            FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
"""
# the ledger must not tell of rows that are gone
FORGET = """
    DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job = 'compute exchanged_null'
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("DROP TABLE result.exchanged_null")
    op.execute(FORGET)
