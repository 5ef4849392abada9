"""Processes that work, with the time of their last sign of life: one that stopped is told from one that takes long."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE ops.worker (
            worker INTEGER NOT NULL,
            host TEXT NOT NULL,
            process_id INTEGER NOT NULL,
            heartbeat_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
            CONSTRAINT worker_pk PRIMARY KEY (worker)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE ops.worker")
