"""What surprisal adds to a baseline in predicting reading times."""

from alembic import op

revision = "0034"
down_revision = "0033"

CREATE = (
    """
    CREATE TABLE human.reading_quantity (
        quantity TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT reading_quantity_pk PRIMARY KEY (quantity)
    )
    """,
    """
    INSERT INTO human.reading_quantity (quantity, description) VALUES
        ('first_fixation_duration', 'duration of the first fixation in the first pass'),
        ('gaze_duration', 'sum of the fixations of the first pass'),
        ('go_past_time', 'time from the first fixation in the first pass until the eye moves past the word'),
        ('total_reading_time', 'sum of all fixations; none where nobody looked at the word')
    """,
    """
    CREATE TABLE result.surprisal_fit (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        quantity TEXT NOT NULL,
        language_group TEXT NOT NULL,
        delta_log_likelihood DOUBLE PRECISION,
        delta_se_over_readers DOUBLE PRECISION,
        delta_se_over_folds DOUBLE PRECISION,
        surprisal_ms_per_bit DOUBLE PRECISION,
        previous_surprisal_ms_per_bit DOUBLE PRECISION,
        has_frequency BOOLEAN NOT NULL,
        reading_time_count INTEGER NOT NULL,
        subject_count INTEGER NOT NULL,
        fold_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT surprisal_fit_pk PRIMARY KEY (run_id, extraction_id, quantity, language_group),
        CONSTRAINT surprisal_fit_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT surprisal_fit_fold_count_check CHECK (fold_count > 1),
        CONSTRAINT surprisal_fit_extraction_id_fk
            FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT surprisal_fit_quantity_fk FOREIGN KEY(quantity) REFERENCES human.reading_quantity (quantity),
        CONSTRAINT surprisal_fit_language_group_fk
            FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
)
DROP = (
    "DROP TABLE result.surprisal_fit",
    "DROP TABLE human.reading_quantity",
    # the ledger must not tell of rows that are gone
    """
    DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job = 'compute surprisal_fit'
    """,
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
