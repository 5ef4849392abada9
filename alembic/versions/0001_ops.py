"""The run ledger, installed SQL and usage warnings."""

from alembic import op

revision = "0001"
down_revision = None

CREATE = (
    """
    CREATE TABLE ops.run (
        run_id INTEGER GENERATED ALWAYS AS IDENTITY,
        job TEXT NOT NULL,
        parameters JSONB NOT NULL,
        code_version TEXT NOT NULL,
        input_fingerprint TEXT,
        seed BIGINT,
        environment JSONB NOT NULL,
        run_status TEXT NOT NULL,
        attempt SMALLINT DEFAULT 1 NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        finished_at TIMESTAMP WITH TIME ZONE,
        host TEXT NOT NULL,
        process_id INTEGER NOT NULL,
        started_by TEXT NOT NULL,
        error TEXT,
        CONSTRAINT run_pk PRIMARY KEY (run_id),
        CONSTRAINT run_run_status_check CHECK (run_status IN ('running', 'done', 'failed', 'interrupted')),
        CONSTRAINT run_attempt_check CHECK (attempt >= 1)
    )
    """,
    """
    CREATE TABLE ops.sql_object (
        object_name TEXT NOT NULL,
        object_kind TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        installed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT sql_object_pk PRIMARY KEY (object_name)
    )
    """,
    """
    CREATE TABLE ops.usage_warning (
        usage_warning TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT usage_warning_pk PRIMARY KEY (usage_warning)
    )
    """,
    """
    CREATE TABLE ops.rejection (
        run_id INTEGER NOT NULL,
        rejection_id INTEGER GENERATED ALWAYS AS IDENTITY,
        unit_key TEXT NOT NULL,
        place TEXT NOT NULL,
        reason TEXT NOT NULL,
        offending_text TEXT NOT NULL,
        CONSTRAINT rejection_pk PRIMARY KEY (run_id, rejection_id),
        CONSTRAINT rejection_run_id_fk FOREIGN KEY(run_id) REFERENCES ops.run (run_id)
    )
    """,
    """
    CREATE TABLE ops.run_input (
        run_id INTEGER NOT NULL,
        input_name TEXT NOT NULL,
        digest TEXT NOT NULL,
        CONSTRAINT run_input_pk PRIMARY KEY (run_id, input_name),
        CONSTRAINT run_input_run_id_fk FOREIGN KEY(run_id) REFERENCES ops.run (run_id)
    )
    """,
    """
    CREATE TABLE ops.unit (
        run_id INTEGER NOT NULL,
        unit_id INTEGER GENERATED ALWAYS AS IDENTITY,
        unit_key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        inputs JSONB NOT NULL,
        unit_state TEXT DEFAULT 'done' NOT NULL,
        row_count BIGINT NOT NULL,
        finished_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT unit_pk PRIMARY KEY (run_id, unit_id),
        CONSTRAINT unit_unit_state_check CHECK (unit_state IN ('done', 'superseded')),
        CONSTRAINT unit_row_count_check CHECK (row_count >= 0),
        CONSTRAINT unit_run_id_fk FOREIGN KEY(run_id) REFERENCES ops.run (run_id)
    )
    """,
    """
    CREATE TABLE ops.usage_warning_on (
        usage_warning TEXT NOT NULL,
        entity TEXT NOT NULL,
        entity_id INTEGER NOT NULL,
        reason TEXT NOT NULL,
        CONSTRAINT usage_warning_on_pk PRIMARY KEY (usage_warning, entity, entity_id),
        CONSTRAINT usage_warning_on_entity_check CHECK (entity IN ('extraction', 'sentence', 'region')),
        CONSTRAINT usage_warning_on_usage_warning_fk FOREIGN KEY(usage_warning) REFERENCES ops.usage_warning (usage_warning)
    )
    """,
    """
    INSERT INTO ops.usage_warning (usage_warning, description) VALUES
        ('not_word_aligned', 'The attention is at the level of tokens, or cut at an unknown place: its cells are not those of the words.'),
        ('words_differ_from_screen', 'The words on the screen were not those of the text, so gaze and text are out of step there.'),
        ('ceiling_not_r2', 'The ceiling is not in units of R2, so the ratio to it is no share of explainable variance.'),
        ('in_sample', 'The number was chosen or fitted on the data it is shown for.'),
        ('partial_coverage', 'Only part of the layers, readers or sentences is there.'),
        ('not_comparable_across_models', 'The number grows with the number of heads or layers.')
    """,
)

DROP = (
    "DROP TABLE ops.usage_warning_on",
    "DROP TABLE ops.unit",
    "DROP TABLE ops.run_input",
    "DROP TABLE ops.rejection",
    "DROP TABLE ops.usage_warning",
    "DROP TABLE ops.sql_object",
    "DROP TABLE ops.run",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
