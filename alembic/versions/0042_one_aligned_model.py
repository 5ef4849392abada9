"""A verdict on models needs two that are aligned to words, and says so."""

from alembic import op

revision = "0042"
down_revision = "0041"

SAY = "UPDATE result.verdict_reason SET description = '{}' WHERE reason_code = 'one_model'"


def upgrade() -> None:
    op.execute(SAY.format("there is one model only, or one that is aligned to words"))


def downgrade() -> None:
    op.execute(SAY.format("there is one model only"))
