"""The duration of a transition is that of the fixations it lands in: the column says so, a saccade's own is another."""

from alembic import op

revision = "0029"
down_revision = "0028"

RENAME = """
ALTER TABLE human.saccade RENAME COLUMN {before} TO {after};
ALTER TABLE human.saccade RENAME CONSTRAINT saccade_{before}_check TO saccade_{after}_check;
DO $$
BEGIN
    -- from PostgreSQL 18 on, what may not be null is a constraint with a name
    IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'saccade_{before}_not_null') THEN
        ALTER TABLE human.saccade RENAME CONSTRAINT saccade_{before}_not_null TO saccade_{after}_not_null;
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute(RENAME.format(before="duration_ms", after="landing_duration_ms"))


def downgrade() -> None:
    op.execute(RENAME.format(before="landing_duration_ms", after="duration_ms"))
