"""How many sentences a noise ceiling stands on, where readers read different ones."""

from alembic import op

revision = "0030"
down_revision = "0029"

TABLES = ("noise_ceiling", "reader_ceiling")


def upgrade() -> None:
    for table in TABLES:
        op.execute(
            f"ALTER TABLE result.{table} ADD COLUMN sentence_count INTEGER, "
            f"ADD CONSTRAINT {table}_sentence_count_check CHECK (sentence_count >= 0)"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE result.{table} DROP COLUMN sentence_count")
