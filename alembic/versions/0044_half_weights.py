"""Weights of float16 sources may be stored in two bytes each."""

from alembic import op

revision = "0044"
down_revision = "0043"

UP = (
    # what was begun lies in a partition that lacks the column, and could not become part of the whole: it is loaded anew
    "UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_status = 'loading'",
    """
    ALTER TABLE model.extraction
        ADD COLUMN stored_as TEXT NOT NULL DEFAULT 'single',
        ADD CONSTRAINT extraction_stored_as_check CHECK (stored_as IN ('single', 'half'))
    """,
    "ALTER TABLE model.attention ADD COLUMN half_weights BYTEA",
    # plain, as the array: no partition needs a place for values that are too large for a row
    "ALTER TABLE model.attention ALTER COLUMN half_weights SET STORAGE PLAIN",
    # what is loaded already has no statistics of it either, as fn.create_partition has it
    """
    DO $$
    DECLARE
        partition regclass;
    BEGIN
        FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'model.attention'::regclass LOOP
            EXECUTE format('ALTER TABLE %s ALTER COLUMN half_weights SET STATISTICS 0', partition);
        END LOOP;
    END $$
    """,
    "ALTER TABLE model.attention ALTER COLUMN weights DROP NOT NULL",
    "ALTER TABLE model.attention ADD CONSTRAINT attention_weights_check CHECK ((weights IS NULL) <> (half_weights IS NULL))",
)
DOWN = (
    "UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_status = 'loading'",
    "ALTER TABLE model.attention DROP CONSTRAINT attention_weights_check",
    """
    UPDATE model.attention
    SET weights = ARRAY(
        SELECT CASE
            WHEN bits < 1024 THEN bits * 2.0::double precision ^ -24
            ELSE (1024 + (bits & 1023)) * 2.0::double precision ^ ((bits >> 10) - 25)
        END
        FROM generate_series(0, octet_length(half_weights) - 2, 2) AS place (byte)
        CROSS JOIN LATERAL (SELECT get_byte(half_weights, byte) << 8 | get_byte(half_weights, byte + 1) AS bits) AS half
        ORDER BY byte
    )
    WHERE half_weights IS NOT NULL
    """,
    "ALTER TABLE model.attention DROP COLUMN half_weights",
    "ALTER TABLE model.attention ALTER COLUMN weights SET NOT NULL",
    "ALTER TABLE model.extraction DROP COLUMN stored_as",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
