"""What is not known is null: readings that timed out, and divergences of rows without attention, with their counts."""

from alembic import op

revision = "0018"
down_revision = "0017"

TIMED_OUT = "no key was pressed before the sentence left the screen"

CREATE = (
    "ALTER TABLE human.reading ADD COLUMN display_time_ms INTEGER, ADD COLUMN missing_because TEXT",
    f"UPDATE human.reading SET reading_time_ms = NULL, missing_because = '{TIMED_OUT}' WHERE reading_time_ms = 0",
    """
    UPDATE human.reading SET missing_because = 'the source tells no reading time'
    WHERE reading_time_ms IS NULL AND missing_because IS NULL
    """,
    """
    ALTER TABLE human.reading
        ADD CONSTRAINT reading_reading_time_ms_check CHECK (reading_time_ms > 0),
        ADD CONSTRAINT reading_display_time_ms_check CHECK (display_time_ms > 0),
        ADD CONSTRAINT reading_missing_because_check CHECK (reading_time_ms IS NULL OR missing_because IS NULL)
    """,
    """
    ALTER TABLE result.attention_divergence
        ADD COLUMN zero_row_count INTEGER,
        ADD COLUMN head_averaged_zero_row_count INTEGER NOT NULL DEFAULT 0,
        ALTER COLUMN js_head_averaged_nats DROP NOT NULL
    """,
    "UPDATE result.attention_divergence SET zero_row_count = 0 WHERE js_nats IS NOT NULL",
    """
    ALTER TABLE result.attention_divergence
        ALTER COLUMN head_averaged_zero_row_count DROP DEFAULT,
        ADD CONSTRAINT attention_divergence_zero_row_count_check CHECK (zero_row_count >= 0),
        ADD CONSTRAINT attention_divergence_head_averaged_zero_row_count_check CHECK (head_averaged_zero_row_count >= 0)
    """,
    "ALTER TABLE result.head_divergence ADD COLUMN zero_row_count INTEGER NOT NULL DEFAULT 0",
    """
    ALTER TABLE result.head_divergence
        ALTER COLUMN zero_row_count DROP DEFAULT,
        ADD CONSTRAINT head_divergence_zero_row_count_check CHECK (zero_row_count >= 0)
    """,
    """
    INSERT INTO ops.usage_warning (usage_warning, description) VALUES
        ('reading_time_missing', 'Some reading times are not known, such as those of readers who pressed no key in time: means leave them out, and slow readers look faster than they are.'),
        ('zero_attention_rows', 'Some rows of attention are all zero, since they vanished in float16: divergences leave them out, and count them.')
    """,
)

DROP = (
    "DELETE FROM ops.usage_warning_on WHERE usage_warning IN ('reading_time_missing', 'zero_attention_rows')",
    "DELETE FROM ops.usage_warning WHERE usage_warning IN ('reading_time_missing', 'zero_attention_rows')",
    "ALTER TABLE result.head_divergence DROP COLUMN zero_row_count",
    "DELETE FROM result.attention_divergence WHERE js_head_averaged_nats IS NULL",
    """
    ALTER TABLE result.attention_divergence
        DROP COLUMN zero_row_count, DROP COLUMN head_averaged_zero_row_count,
        ALTER COLUMN js_head_averaged_nats SET NOT NULL
    """,
    """
    ALTER TABLE human.reading
        DROP CONSTRAINT reading_reading_time_ms_check,
        DROP CONSTRAINT reading_display_time_ms_check,
        DROP CONSTRAINT reading_missing_because_check
    """,
    f"UPDATE human.reading SET reading_time_ms = 0 WHERE missing_because = '{TIMED_OUT}'",
    "ALTER TABLE human.reading DROP COLUMN display_time_ms, DROP COLUMN missing_because",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
