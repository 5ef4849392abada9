"""What stands around a sentence: text after it, a chat template, a start token."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE model.condition
            ADD COLUMN suffix TEXT NOT NULL DEFAULT '',
            ADD COLUMN is_spaced BOOLEAN NOT NULL DEFAULT true,
            ADD COLUMN is_chat BOOLEAN NOT NULL DEFAULT false,
            ADD COLUMN system_text TEXT NOT NULL DEFAULT '',
            ADD COLUMN adds_start BOOLEAN NOT NULL DEFAULT false,
            ADD CONSTRAINT condition_system_text_check CHECK (is_chat OR system_text = '')
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE model.condition
            DROP COLUMN suffix,
            DROP COLUMN is_spaced,
            DROP COLUMN is_chat,
            DROP COLUMN system_text,
            DROP COLUMN adds_start
    """)
