"""What attention gave to no word, and how well a model predicts: sinks, losses, surprisals."""

from alembic import op

revision = "0006"
down_revision = "0005"

CREATE = (
    """
    CREATE TABLE model.attention_sink (
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        sink_mass REAL[] NOT NULL,
        outside_mass REAL[] NOT NULL,
        CONSTRAINT attention_sink_pk PRIMARY KEY (extraction_id, layer, sentence_id, from_word)
    )
    """,
    """
    CREATE TABLE model.sentence_loss (
        extraction_id INTEGER NOT NULL,
        sentence_id INTEGER NOT NULL,
        loss_sum_nats DOUBLE PRECISION NOT NULL,
        predicted_token_count SMALLINT NOT NULL,
        token_count SMALLINT NOT NULL,
        loss_mean_nats DOUBLE PRECISION NOT NULL,
        loss_per_token_per_length DOUBLE PRECISION NOT NULL,
        CONSTRAINT sentence_loss_pk PRIMARY KEY (extraction_id, sentence_id),
        CONSTRAINT sentence_loss_predicted_token_count_check CHECK (predicted_token_count > 0 AND predicted_token_count <= token_count),
        CONSTRAINT sentence_loss_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT sentence_loss_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE model.word_surprisal (
        extraction_id INTEGER NOT NULL,
        sentence_id INTEGER NOT NULL,
        word_position SMALLINT NOT NULL,
        surprisal_bits DOUBLE PRECISION NOT NULL,
        uncorrected_surprisal_bits DOUBLE PRECISION NOT NULL,
        CONSTRAINT word_surprisal_pk PRIMARY KEY (extraction_id, sentence_id, word_position),
        CONSTRAINT word_surprisal_uncorrected_surprisal_bits_check CHECK (uncorrected_surprisal_bits >= -0.001),
        CONSTRAINT word_surprisal_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT word_surprisal_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
)

DROP = (
    "DROP TABLE model.word_surprisal",
    "DROP TABLE model.sentence_loss",
    "DROP TABLE model.attention_sink",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
