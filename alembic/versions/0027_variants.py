"""Other fits of readers by attention: ridge regression, the mean over heads, renormalised rows."""

from alembic import op

revision = "0027"
down_revision = "0026"

CREATE = (
    """
    CREATE TABLE result.variant (
        variant TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT variant_pk PRIMARY KEY (variant)
    )
    """,
    """
    INSERT INTO result.variant (variant, description) VALUES
        ('ridge', 'ridge regression on all heads, the penalty chosen for each reader inside the folds'),
        ('head_averaged', 'least squares on one column, the mean over heads'),
        ('head_averaged_ridge', 'ridge regression on the mean over heads'),
        ('renormalised', 'least squares on all heads, each row of attention divided by what it gives to words')
    """,
    """
    CREATE TABLE result.resemblance_variant (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        variant TEXT NOT NULL,
        r2 DOUBLE PRECISION,
        cv_r2 DOUBLE PRECISION,
        pearson_r DOUBLE PRECISION,
        penalty DOUBLE PRECISION,
        penalty_end_count INTEGER NOT NULL,
        cell_count INTEGER NOT NULL,
        predictor_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT resemblance_variant_pk
            PRIMARY KEY (run_id, extraction_id, layer, measure_id, subject_id, variant),
        CONSTRAINT resemblance_variant_run_id_unit_id_fk
            FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT resemblance_variant_r2_check CHECK (r2 <= 1.000001),
        CONSTRAINT resemblance_variant_cv_r2_check CHECK (cv_r2 <= 1.000001),
        CONSTRAINT resemblance_variant_penalty_check CHECK (penalty >= 0),
        CONSTRAINT resemblance_variant_penalty_end_count_check CHECK (penalty_end_count >= 0),
        CONSTRAINT resemblance_variant_extraction_id_fk
            FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT resemblance_variant_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT resemblance_variant_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id),
        CONSTRAINT resemblance_variant_variant_fk FOREIGN KEY(variant) REFERENCES result.variant (variant)
    )
    """,
    """
    INSERT INTO ops.usage_warning (usage_warning, description) VALUES
        ('penalty_at_end', 'For some readers the best penalty is at an end of the path: a longer path may explain more.')
    """,
)
DROP = (
    "DELETE FROM ops.usage_warning_on WHERE usage_warning = 'penalty_at_end'",
    "DELETE FROM ops.usage_warning WHERE usage_warning = 'penalty_at_end'",
    "DROP TABLE result.resemblance_variant",
    "DROP TABLE result.variant",
    # the ledger must not tell of rows that are gone
    """
    DELETE FROM ops.unit USING ops.run
    WHERE
        run.run_id = unit.run_id
        AND run.job IN (
            'compute ridge_resemblance', 'compute head_averaged_resemblance', 'compute head_averaged_ridge',
            'compute renormalised_resemblance'
        )
    """,
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
