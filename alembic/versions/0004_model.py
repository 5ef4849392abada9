"""Language models, conditions, extractions and attention."""

from alembic import op

revision = "0004"
down_revision = "0003"

CREATE = (
    """
    CREATE SCHEMA model
    """,
    """
    CREATE TABLE model.attention (
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        to_word SMALLINT NOT NULL,
        weights REAL[] NOT NULL,
        CONSTRAINT attention_pk PRIMARY KEY (extraction_id, layer, sentence_id, from_word, to_word)
    )
     PARTITION BY LIST (extraction_id)
    """,
    """
    CREATE TABLE model.condition (
        condition_id SMALLINT GENERATED ALWAYS AS IDENTITY,
        condition TEXT NOT NULL,
        prefix TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT condition_pk PRIMARY KEY (condition_id),
        CONSTRAINT condition_condition_key UNIQUE NULLS DISTINCT (condition)
    )
    """,
    """
    CREATE TABLE model.language_model (
        language_model_id INTEGER GENERATED ALWAYS AS IDENTITY,
        model TEXT NOT NULL,
        revision TEXT,
        family TEXT NOT NULL,
        stage TEXT NOT NULL,
        base_model_id INTEGER,
        parameter_count BIGINT,
        layer_count SMALLINT NOT NULL,
        head_count SMALLINT NOT NULL,
        CONSTRAINT language_model_pk PRIMARY KEY (language_model_id),
        CONSTRAINT language_model_model_key UNIQUE NULLS DISTINCT (model),
        CONSTRAINT language_model_stage_check CHECK (stage IN ('untrained', 'pretrained', 'tuned')),
        CONSTRAINT language_model_parameter_count_check CHECK (parameter_count > 0),
        CONSTRAINT language_model_layer_count_check CHECK (layer_count > 0),
        CONSTRAINT language_model_head_count_check CHECK (head_count > 0),
        CONSTRAINT language_model_base_model_id_fk FOREIGN KEY(base_model_id) REFERENCES model.language_model (language_model_id)
    )
    """,
    """
    CREATE TABLE model.extraction (
        extraction_id INTEGER GENERATED ALWAYS AS IDENTITY,
        language_model_id INTEGER NOT NULL,
        condition_id SMALLINT NOT NULL,
        corpus_id INTEGER NOT NULL,
        method TEXT NOT NULL,
        alignment TEXT NOT NULL,
        dtype TEXT NOT NULL,
        is_causal BOOLEAN NOT NULL,
        layers SMALLINT[] NOT NULL,
        extraction_status TEXT NOT NULL,
        digest TEXT NOT NULL,
        attestation JSONB,
        run_id INTEGER NOT NULL,
        completed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT extraction_pk PRIMARY KEY (extraction_id),
        CONSTRAINT extraction_extraction_status_check CHECK (extraction_status IN ('loading', 'complete', 'retired')),
        CONSTRAINT extraction_language_model_id_fk FOREIGN KEY(language_model_id) REFERENCES model.language_model (language_model_id),
        CONSTRAINT extraction_condition_id_fk FOREIGN KEY(condition_id) REFERENCES model.condition (condition_id),
        CONSTRAINT extraction_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT extraction_run_id_fk FOREIGN KEY(run_id) REFERENCES ops.run (run_id)
    )
    """,
    """
    CREATE UNIQUE INDEX extraction_complete_key ON model.extraction (language_model_id, condition_id, corpus_id, method) WHERE extraction_status = 'complete'
    """,
    """
    ALTER TABLE model.attention ALTER COLUMN weights SET STORAGE PLAIN
    """,
    """
    INSERT INTO model.condition (condition, prefix, description) VALUES
        ('plain', '', 'The sentence alone'),
        ('translate', 'Please translate this sentence into German:', 'An instruction (Gao et al. 2023)'),
        ('paraphrase', 'Please paraphrase this sentence:', 'An instruction (Gao et al. 2023)'),
        ('noise', 'Cigarette first steel convenience champion.', 'Random words, the control (Gao et al. 2023)')
    """,
)

DROP = (
    "DROP TABLE model.extraction",
    "DROP TABLE model.language_model",
    "DROP TABLE model.condition",
    "DROP TABLE model.attention",
    # partitions that were being loaded hang on nothing
    """
    DO $$
    DECLARE
        stray regclass;
    BEGIN
        FOR stray IN SELECT oid FROM pg_class WHERE relnamespace = 'model'::regnamespace AND relname ~ '^attention_[0-9]+$'
        LOOP
            EXECUTE 'DROP TABLE ' || stray;
        END LOOP;
    END
    $$
    """,
    "DROP SCHEMA model",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit WHERE unit_key LIKE 'extraction %'",
    "DELETE FROM ops.usage_warning_on WHERE entity = 'extraction'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
