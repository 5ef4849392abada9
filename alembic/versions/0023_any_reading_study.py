"""Any reading study: trials, repeated readings, starts that are not told, pages as the unit of pairs."""

from alembic import op

revision = "0023"
down_revision = "0022"

CREATE = (
    """
    ALTER TABLE stimulus.corpus
        ADD COLUMN pair_unit TEXT NOT NULL DEFAULT 'sentence',
        ADD CONSTRAINT corpus_pair_unit_check CHECK (pair_unit IN ('sentence', 'page'))
    """,
    """
    ALTER TABLE human.reading
        ADD COLUMN reading_ordinal SMALLINT NOT NULL DEFAULT 1,
        ADD COLUMN trial_position SMALLINT,
        ADD COLUMN trial_label TEXT,
        DROP CONSTRAINT reading_pk,
        ADD CONSTRAINT reading_pk PRIMARY KEY (subject_id, sentence_id, reading_ordinal),
        ADD CONSTRAINT reading_reading_ordinal_check CHECK (reading_ordinal > 0),
        ADD CONSTRAINT reading_trial_position_check CHECK (trial_position >= 0)
    """,
    """
    ALTER TABLE human.fixation
        ADD COLUMN reading_ordinal SMALLINT NOT NULL DEFAULT 1,
        ALTER COLUMN start_ms DROP NOT NULL,
        DROP CONSTRAINT fixation_pk,
        ADD CONSTRAINT fixation_pk PRIMARY KEY (subject_id, sentence_id, fixation_ordinal, reading_ordinal)
    """,
    """
    ALTER TABLE human.saccade
        ADD COLUMN reading_ordinal SMALLINT NOT NULL DEFAULT 1,
        DROP CONSTRAINT saccade_pk,
        ADD CONSTRAINT saccade_pk
            PRIMARY KEY (subject_id, saccade_rule_id, sentence_id, from_word, to_word, reading_ordinal)
    """,
    # what is measured so far is of the only reading that there is
    """
    ALTER TABLE human.measure
        ADD COLUMN of_reading SMALLINT DEFAULT 1,
        ADD CONSTRAINT measure_of_reading_check CHECK (of_reading > 0)
    """,
)

DROP = (
    # results of later readings would be taken for those of the first
    """
    DO $$
    DECLARE
        of_measure regclass;
    BEGIN
        CREATE TEMPORARY TABLE later ON COMMIT DROP AS
        SELECT measure_id FROM human.measure WHERE of_reading IS DISTINCT FROM 1;
        FOR of_measure IN
            SELECT attrelid FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid
            WHERE
                attname = 'measure_id' AND NOT attisdropped AND relkind = 'r'
                AND relnamespace::regnamespace::text = 'result'
        LOOP
            EXECUTE format('DELETE FROM %s WHERE measure_id IN (SELECT measure_id FROM later)', of_measure);
        END LOOP;
        DELETE FROM human.measure WHERE measure_id IN (SELECT measure_id FROM later);
        DROP TABLE later;
    END
    $$
    """,
    # what has no place without this revision is loaded again after it: the ledger must not tell of it
    """
    DELETE FROM ops.unit USING ops.run
    WHERE
        run.run_id = unit.run_id AND job LIKE 'ingest %' AND EXISTS (
            SELECT 1 FROM human.fixation
            JOIN human.subject USING (subject_id)
            JOIN stimulus.corpus USING (corpus_id)
            WHERE
                (reading_ordinal > 1 OR start_ms IS NULL)
                AND unit_key IN (
                    language_group || '/' || subject_label, corpus || '/' || language_group || '/' || subject_label
                )
        )
    """,
    "DELETE FROM human.saccade WHERE reading_ordinal > 1",
    "DELETE FROM human.fixation WHERE reading_ordinal > 1 OR start_ms IS NULL",
    "DELETE FROM human.reading WHERE reading_ordinal > 1",
    "ALTER TABLE human.measure DROP COLUMN of_reading",
    """
    ALTER TABLE human.saccade
        DROP CONSTRAINT saccade_pk,
        DROP COLUMN reading_ordinal,
        ADD CONSTRAINT saccade_pk PRIMARY KEY (subject_id, saccade_rule_id, sentence_id, from_word, to_word)
    """,
    """
    ALTER TABLE human.fixation
        DROP CONSTRAINT fixation_pk,
        DROP COLUMN reading_ordinal,
        ALTER COLUMN start_ms SET NOT NULL,
        ADD CONSTRAINT fixation_pk PRIMARY KEY (subject_id, sentence_id, fixation_ordinal)
    """,
    """
    ALTER TABLE human.reading
        DROP CONSTRAINT reading_pk,
        DROP COLUMN reading_ordinal,
        DROP COLUMN trial_position,
        DROP COLUMN trial_label,
        ADD CONSTRAINT reading_pk PRIMARY KEY (subject_id, sentence_id)
    """,
    "ALTER TABLE stimulus.corpus DROP COLUMN pair_unit",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
