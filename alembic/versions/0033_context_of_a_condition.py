"""What else of its text stood around each sentence when a model read it."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE model.condition
            ADD COLUMN context TEXT NOT NULL DEFAULT '',
            ADD CONSTRAINT condition_context_check CHECK (context IN ('', 'previous-sentences', 'page'))
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE model.condition DROP COLUMN context")
