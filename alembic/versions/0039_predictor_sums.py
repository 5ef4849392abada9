"""Sums of heads with predictors and trivial patterns."""

from alembic import op

revision = "0039"
down_revision = "0038"

CREATE = (
    """
    CREATE TABLE model.predictor_sums (
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        predictor_number SMALLINT NOT NULL,
        predictor_products DOUBLE PRECISION[] NOT NULL,
        CONSTRAINT predictor_sums_pk PRIMARY KEY (extraction_id, layer, sentence_id, predictor_number)
    )
    """,
    """
    CREATE TABLE model.summed_predictor (
        extraction_id INTEGER NOT NULL,
        predictor_number SMALLINT NOT NULL,
        values_digest TEXT NOT NULL,
        CONSTRAINT summed_predictor_pk PRIMARY KEY (extraction_id, predictor_number),
        CONSTRAINT summed_predictor_extraction_id_fk
            FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id)
    )
    """,
    # as for the other sums
    """
    ALTER TABLE model.predictor_sums
        ALTER COLUMN predictor_products SET STORAGE EXTERNAL, ALTER COLUMN predictor_products SET STATISTICS 0
    """,
)
DROP = ("DROP TABLE model.summed_predictor", "DROP TABLE model.predictor_sums")


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
