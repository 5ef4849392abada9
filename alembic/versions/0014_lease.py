"""Leases: which process has which unit of a run in hand; a run has a unit once; and how many units a run is to do."""

from alembic import op

revision = "0014"
down_revision = "0013"

CREATE = (
    """
    CREATE TABLE ops.lease (
        run_id INTEGER NOT NULL,
        unit_key TEXT NOT NULL,
        worker INTEGER NOT NULL,
        attempt SMALLINT DEFAULT 1 NOT NULL,
        host TEXT NOT NULL,
        process_id INTEGER NOT NULL,
        taken_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        CONSTRAINT lease_pk PRIMARY KEY (run_id, unit_key),
        CONSTRAINT lease_attempt_check CHECK (attempt >= 1),
        CONSTRAINT lease_run_id_fk FOREIGN KEY(run_id) REFERENCES ops.run (run_id)
    )
    """,
    "ALTER TABLE ops.unit ADD COLUMN attempt SMALLINT DEFAULT 1 NOT NULL",
    "ALTER TABLE ops.unit ADD CONSTRAINT unit_attempt_check CHECK (attempt >= 1)",
    "ALTER TABLE ops.unit ADD CONSTRAINT unit_run_id_unit_key_key UNIQUE (run_id, unit_key)",
    "ALTER TABLE ops.run ADD COLUMN unit_count BIGINT",
    "ALTER TABLE ops.run ADD CONSTRAINT run_unit_count_check CHECK (unit_count >= 0)",
)

DROP = (
    "DROP TABLE ops.lease",
    "ALTER TABLE ops.unit DROP CONSTRAINT unit_run_id_unit_key_key",
    "ALTER TABLE ops.unit DROP COLUMN attempt",
    "ALTER TABLE ops.run DROP COLUMN unit_count",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
