"""When the last attempt of a run began: a run that is taken up again after a week did not take a week."""

from alembic import op

revision = "0017"
down_revision = "0015"

CREATE = (
    "ALTER TABLE ops.run ADD COLUMN taken_up_at TIMESTAMP WITH TIME ZONE",
    "UPDATE ops.run SET taken_up_at = started_at",
    "ALTER TABLE ops.run ALTER COLUMN taken_up_at SET DEFAULT now()",
    "ALTER TABLE ops.run ALTER COLUMN taken_up_at SET NOT NULL",
)

DROP = ("ALTER TABLE ops.run DROP COLUMN taken_up_at",)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
