"""Corpora, articles, sentences, words and word pairs."""

from alembic import op

revision = "0002"
down_revision = "0001"

CREATE = (
    """
    CREATE SCHEMA stimulus
    """,
    """
    CREATE TABLE stimulus.corpus (
        corpus_id INTEGER GENERATED ALWAYS AS IDENTITY,
        corpus TEXT NOT NULL,
        language TEXT NOT NULL,
        licence TEXT NOT NULL,
        citation TEXT NOT NULL,
        CONSTRAINT corpus_pk PRIMARY KEY (corpus_id),
        CONSTRAINT corpus_corpus_key UNIQUE NULLS DISTINCT (corpus)
    )
    """,
    """
    CREATE TABLE stimulus.article (
        article_id INTEGER GENERATED ALWAYS AS IDENTITY,
        corpus_id INTEGER NOT NULL,
        article_position SMALLINT NOT NULL,
        CONSTRAINT article_pk PRIMARY KEY (article_id),
        CONSTRAINT article_corpus_id_article_position_key UNIQUE NULLS DISTINCT (corpus_id, article_position),
        CONSTRAINT article_article_position_check CHECK (article_position >= 0),
        CONSTRAINT article_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id)
    )
    """,
    """
    CREATE TABLE stimulus.sentence (
        sentence_id INTEGER GENERATED ALWAYS AS IDENTITY,
        article_id INTEGER NOT NULL,
        sentence_position INTEGER NOT NULL,
        sentence_label TEXT NOT NULL,
        sentence_text TEXT NOT NULL,
        word_count SMALLINT NOT NULL,
        CONSTRAINT sentence_pk PRIMARY KEY (sentence_id),
        CONSTRAINT sentence_article_id_sentence_position_key UNIQUE NULLS DISTINCT (article_id, sentence_position),
        CONSTRAINT sentence_sentence_position_check CHECK (sentence_position >= 0),
        CONSTRAINT sentence_word_count_check CHECK (word_count > 0),
        CONSTRAINT sentence_article_id_fk FOREIGN KEY(article_id) REFERENCES stimulus.article (article_id)
    )
    """,
    """
    CREATE TABLE stimulus.word (
        sentence_id INTEGER NOT NULL,
        word_position SMALLINT NOT NULL,
        word_text TEXT NOT NULL,
        CONSTRAINT word_pk PRIMARY KEY (sentence_id, word_position),
        CONSTRAINT word_word_position_check CHECK (word_position >= 0),
        CONSTRAINT word_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
    """
    CREATE TABLE stimulus.word_pair (
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        to_word SMALLINT NOT NULL,
        pair_ordinal INTEGER NOT NULL,
        is_causal BOOLEAN NOT NULL,
        CONSTRAINT word_pair_pk PRIMARY KEY (sentence_id, from_word, to_word),
        CONSTRAINT word_pair_from_word_check CHECK (from_word >= 0),
        CONSTRAINT word_pair_to_word_check CHECK (to_word >= 0),
        CONSTRAINT word_pair_is_causal_check CHECK (is_causal = (to_word <= from_word)),
        CONSTRAINT word_pair_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id)
    )
    """,
)

DROP = (
    "DROP TABLE stimulus.word_pair",
    "DROP TABLE stimulus.word",
    "DROP TABLE stimulus.sentence",
    "DROP TABLE stimulus.article",
    "DROP TABLE stimulus.corpus",
    "DROP SCHEMA stimulus",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit",
    "DELETE FROM ops.usage_warning_on WHERE entity = 'sentence'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
