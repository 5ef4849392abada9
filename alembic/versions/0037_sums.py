"""Sums over cells, kept beside attention or in its place."""

from alembic import op

revision = "0037"
down_revision = "0036"

CREATE = (
    """
    ALTER TABLE model.extraction
        ADD COLUMN kept TEXT NOT NULL DEFAULT 'cells',
        ADD COLUMN summed_by TEXT,
        ADD CONSTRAINT extraction_kept_check CHECK (kept IN ('cells', 'sums', 'both')),
        ADD CONSTRAINT extraction_summed_by_check CHECK (summed_by IN ('article', 'sentence')),
        ADD CONSTRAINT extraction_sums_check CHECK ((kept = 'cells') = (summed_by IS NULL))
    """,
    """
    CREATE TABLE model.head_sums (
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        head_products DOUBLE PRECISION[] NOT NULL,
        CONSTRAINT head_sums_pk PRIMARY KEY (extraction_id, layer, sentence_id)
    )
    """,
    """
    CREATE TABLE model.reader_sums (
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        reader_products DOUBLE PRECISION[] NOT NULL,
        CONSTRAINT reader_sums_pk PRIMARY KEY (extraction_id, layer, sentence_id, measure_id, subject_id)
    )
    """,
    """
    CREATE TABLE model.summed_reader (
        extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        values_digest TEXT NOT NULL,
        CONSTRAINT summed_reader_pk PRIMARY KEY (extraction_id, measure_id, subject_id),
        CONSTRAINT summed_reader_extraction_id_fk
            FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT summed_reader_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT summed_reader_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id)
    )
    """,
    # sums do not get smaller by being compressed; statistics of their elements serve no query, and cost a hash of each
    """
    ALTER TABLE model.head_sums
        ALTER COLUMN head_products SET STORAGE EXTERNAL, ALTER COLUMN head_products SET STATISTICS 0
    """,
    """
    ALTER TABLE model.reader_sums
        ALTER COLUMN reader_products SET STORAGE EXTERNAL, ALTER COLUMN reader_products SET STATISTICS 0
    """,
    """
    INSERT INTO ops.usage_warning (usage_warning, description) VALUES
    ('from_sums', 'Computed from sums over word pairs: the attention of each word pair was not kept.')
    """,
)
DROP = (
    "DELETE FROM ops.usage_warning_on WHERE usage_warning = 'from_sums'",
    "DELETE FROM ops.usage_warning WHERE usage_warning = 'from_sums'",
    "DROP TABLE model.summed_reader",
    "DROP TABLE model.reader_sums",
    "DROP TABLE model.head_sums",
    # without sums there is nothing of these
    "UPDATE model.extraction SET extraction_status = 'retired' WHERE kept = 'sums'",
    "ALTER TABLE model.extraction DROP COLUMN summed_by, DROP COLUMN kept",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
