"""Marks of readers who were forgotten, so that no source brings them back in silence; they name nobody."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE ops.forgotten (
            digest TEXT NOT NULL,
            salt TEXT NOT NULL,
            CONSTRAINT forgotten_pk PRIMARY KEY (digest)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE ops.forgotten")
