"""Embargoes, and what a unit of work is about: with that, results of what is under embargo are hidden too.

Units written before are not known to be about anything; they are hidden from whom anything is hidden.
"""

from alembic import op

revision = "0012"
down_revision = "0010"

CREATE = (
    "ALTER TABLE ops.unit ADD COLUMN about TEXT[]",
    """
    CREATE TABLE ops.embargo (
        embargo_id INTEGER GENERATED ALWAYS AS IDENTITY,
        corpus_id INTEGER,
        language_group TEXT,
        extraction_id INTEGER,
        embargoed_until DATE NOT NULL,
        visible_to TEXT[] NOT NULL,
        CONSTRAINT embargo_pk PRIMARY KEY (embargo_id),
        CONSTRAINT embargo_corpus_id_language_group_extraction_id_key
            UNIQUE NULLS NOT DISTINCT (corpus_id, language_group, extraction_id),
        CONSTRAINT embargo_of_one_thing_check CHECK (num_nonnulls(corpus_id, language_group, extraction_id) = 1),
        CONSTRAINT embargo_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT embargo_language_group_fk
            FOREIGN KEY(language_group) REFERENCES human.language_group (language_group),
        CONSTRAINT embargo_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id)
    )
    """,
)

DROP = (
    "DROP TABLE ops.embargo",
    "ALTER TABLE ops.unit DROP COLUMN about",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
