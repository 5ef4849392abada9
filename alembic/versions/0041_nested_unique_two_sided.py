"""p of what is unique at chosen layers is two-sided, as the interval beside it."""

from alembic import op

revision = "0041"
down_revision = "0040"

UP = (
    "ALTER TABLE result.nested_unique_variance DROP CONSTRAINT nested_unique_variance_p_one_sided_check",
    "ALTER TABLE result.nested_unique_variance RENAME COLUMN p_one_sided TO p_value",
    "UPDATE result.nested_unique_variance SET p_value = 2 * LEAST(p_value, 1 - p_value)",
    """
    ALTER TABLE result.nested_unique_variance
        ADD CONSTRAINT nested_unique_variance_p_value_check CHECK (p_value BETWEEN 0 AND 1)
    """,
)
DOWN = (
    "ALTER TABLE result.nested_unique_variance DROP CONSTRAINT nested_unique_variance_p_value_check",
    "ALTER TABLE result.nested_unique_variance RENAME COLUMN p_value TO p_one_sided",
    """
    UPDATE result.nested_unique_variance
    SET p_one_sided = CASE WHEN t_statistic > 0 THEN p_one_sided / 2 ELSE 1 - p_one_sided / 2 END
    """,
    """
    ALTER TABLE result.nested_unique_variance
        ADD CONSTRAINT nested_unique_variance_p_one_sided_check CHECK (p_one_sided BETWEEN 0 AND 1)
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
