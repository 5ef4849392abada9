"""The planner knows how many runs left sentences out: an index over an expression has statistics of it."""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.execute("CREATE INDEX run_leave_out_idx ON ops.run ((parameters -> 'leave_out'::text))")
    op.execute("ANALYZE ops.run")


def downgrade() -> None:
    op.execute("DROP INDEX ops.run_leave_out_idx")
