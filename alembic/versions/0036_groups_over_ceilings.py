"""Tests of groups of readers over each group's ceiling, layer by layer."""

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE result.group_test
            ADD COLUMN resemblance_difference DOUBLE PRECISION,
            ADD COLUMN p_resemblance DOUBLE PRECISION,
            ADD CONSTRAINT group_test_p_resemblance_check CHECK (p_resemblance BETWEEN 0 AND 1)
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE result.group_test DROP COLUMN resemblance_difference, DROP COLUMN p_resemblance")
