"""What heads explain beyond a set of predictors, by layers chosen on other articles."""

from alembic import op

revision = "0038"
down_revision = "0037"

CREATE = (
    # of rows of before it is not known
    "ALTER TABLE result.unique_variance ADD COLUMN article_gains DOUBLE PRECISION[]",
    """
    CREATE TABLE result.nested_unique_variance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        predictor_set TEXT NOT NULL,
        nested_unique_r2 DOUBLE PRECISION,
        nested_unique_se DOUBLE PRECISION,
        nested_unique_low DOUBLE PRECISION,
        nested_unique_high DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_one_sided DOUBLE PRECISION,
        effect_size DOUBLE PRECISION,
        effect_low DOUBLE PRECISION,
        effect_high DOUBLE PRECISION,
        subject_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT nested_unique_variance_pk PRIMARY KEY (
            run_id, extraction_id, measure_id, language_group, predictor_set
        ),
        CONSTRAINT nested_unique_variance_p_one_sided_check CHECK (p_one_sided BETWEEN 0 AND 1),
        CONSTRAINT nested_unique_variance_extraction_id_fk FOREIGN KEY (extraction_id)
            REFERENCES model.extraction (extraction_id),
        CONSTRAINT nested_unique_variance_measure_id_fk FOREIGN KEY (measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT nested_unique_variance_language_group_fk FOREIGN KEY (language_group)
            REFERENCES human.language_group (language_group),
        CONSTRAINT nested_unique_variance_predictor_set_fk FOREIGN KEY (predictor_set)
            REFERENCES stimulus.predictor_set (predictor_set),
        CONSTRAINT nested_unique_variance_run_id_unit_id_fk FOREIGN KEY (run_id, unit_id)
            REFERENCES ops.unit (run_id, unit_id)
    )
    """,
)
DROP = (
    "DROP TABLE result.nested_unique_variance",
    "ALTER TABLE result.unique_variance DROP COLUMN article_gains",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job = 'compute nested_unique_variance'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
