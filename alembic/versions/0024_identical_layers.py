"""A usage warning for layers that hold the same numbers."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("""
        INSERT INTO ops.usage_warning (usage_warning, description) VALUES
        ('identical_layers', 'Two layers of the attention hold the same numbers: one may have been saved in the place of another.')
    """)


def downgrade() -> None:
    op.execute("DELETE FROM ops.usage_warning_on WHERE usage_warning = 'identical_layers'")
    op.execute("DELETE FROM ops.usage_warning WHERE usage_warning = 'identical_layers'")
