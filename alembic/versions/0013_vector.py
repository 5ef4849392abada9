"""pgvector, where the server has it and the role may: vectors are sent in half the time of arrays. Nothing needs it."""

from alembic import op

revision = "0013"
down_revision = "0012"

CREATE = """
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'pgvector is there but this role may not create it; layers are read as arrays';
END
$$
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    """Leave the extension: others may use it, and nothing here needs it."""
