"""Predictor sets, features of words and of word pairs, and what attention explains beyond them."""

from alembic import op

revision = "0031"
down_revision = "0030"

CREATE = (
    """
    CREATE TABLE stimulus.feature (
        feature_id INTEGER GENERATED ALWAYS AS IDENTITY,
        corpus_id INTEGER NOT NULL,
        feature TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT feature_pk PRIMARY KEY (feature_id),
        CONSTRAINT feature_corpus_id_feature_key UNIQUE NULLS DISTINCT (corpus_id, feature),
        CONSTRAINT feature_corpus_id_fk FOREIGN KEY (corpus_id) REFERENCES stimulus.corpus (corpus_id)
    )
    """,
    """
    CREATE TABLE stimulus.word_feature (
        feature_id INTEGER NOT NULL,
        sentence_id INTEGER NOT NULL,
        word_position SMALLINT NOT NULL,
        feature_value DOUBLE PRECISION NOT NULL,
        CONSTRAINT word_feature_pk PRIMARY KEY (feature_id, sentence_id, word_position),
        CONSTRAINT word_feature_feature_id_fk FOREIGN KEY (feature_id) REFERENCES stimulus.feature (feature_id),
        CONSTRAINT word_feature_sentence_id_fk FOREIGN KEY (sentence_id) REFERENCES stimulus.sentence (sentence_id),
        CONSTRAINT word_feature_word_position_check CHECK (word_position >= 0)
    )
    """,
    """
    CREATE TABLE stimulus.pair_feature (
        feature_id INTEGER NOT NULL,
        sentence_id INTEGER NOT NULL,
        from_word SMALLINT NOT NULL,
        to_word SMALLINT NOT NULL,
        feature_value DOUBLE PRECISION NOT NULL,
        CONSTRAINT pair_feature_pk PRIMARY KEY (feature_id, sentence_id, from_word, to_word),
        CONSTRAINT pair_feature_feature_id_fk FOREIGN KEY (feature_id) REFERENCES stimulus.feature (feature_id),
        CONSTRAINT pair_feature_sentence_id_fk FOREIGN KEY (sentence_id) REFERENCES stimulus.sentence (sentence_id),
        CONSTRAINT pair_feature_to_word_check CHECK (to_word BETWEEN 0 AND from_word)
    )
    """,
    """
    CREATE TABLE stimulus.predictor (
        predictor_id SMALLINT GENERATED ALWAYS AS IDENTITY,
        predictor_name TEXT NOT NULL,
        predictor_kind TEXT NOT NULL,
        level_low SMALLINT,
        level_high SMALLINT,
        of_word TEXT,
        feature TEXT,
        model TEXT,
        CONSTRAINT predictor_pk PRIMARY KEY (predictor_id),
        CONSTRAINT predictor_predictor_name_key UNIQUE NULLS DISTINCT (predictor_name),
        CONSTRAINT predictor_predictor_kind_check CHECK (
            CASE predictor_kind
                WHEN 'words_back' THEN level_low IS NOT NULL
                WHEN 'from_position' THEN level_low IS NOT NULL
                WHEN 'to_position' THEN level_low IS NOT NULL
                WHEN 'words_to_end' THEN level_low IS NOT NULL
                WHEN 'word_length' THEN of_word IS NOT NULL
                WHEN 'word_feature' THEN of_word IS NOT NULL AND feature IS NOT NULL
                WHEN 'pair_feature' THEN feature IS NOT NULL
                WHEN 'surprisal' THEN of_word IS NOT NULL AND model IS NOT NULL
                ELSE false
            END
        ),
        CONSTRAINT predictor_of_word_check CHECK (of_word IN ('from', 'to')),
        CONSTRAINT predictor_level_high_check CHECK (level_high >= level_low)
    )
    """,
    """
    CREATE TABLE stimulus.predictor_set (
        predictor_set TEXT NOT NULL,
        description TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT predictor_set_pk PRIMARY KEY (predictor_set)
    )
    """,
    """
    CREATE TABLE stimulus.predictor_set_member (
        predictor_set TEXT NOT NULL,
        predictor_id SMALLINT NOT NULL,
        CONSTRAINT predictor_set_member_pk PRIMARY KEY (predictor_set, predictor_id),
        CONSTRAINT predictor_set_member_predictor_set_fk FOREIGN KEY (predictor_set)
            REFERENCES stimulus.predictor_set (predictor_set),
        CONSTRAINT predictor_set_member_predictor_id_fk FOREIGN KEY (predictor_id)
            REFERENCES stimulus.predictor (predictor_id)
    )
    """,
    """
    INSERT INTO stimulus.predictor (predictor_name, predictor_kind, level_low, level_high)
    SELECT
        replace(kind, '_', ' ') || ' '
        || CASE WHEN high = low THEN low::text WHEN high IS NULL THEN low || ' or more' ELSE low || ' to ' || high END,
        kind, low, high
    FROM unnest(ARRAY['words_back', 'to_position', 'words_to_end']) AS kind
    CROSS JOIN (
        SELECT low, low AS high FROM generate_series(0, 15) AS low
        UNION ALL VALUES (16, 31), (32, 63), (64, NULL)
    ) AS level
    WHERE kind <> 'words_to_end' OR low > 0
    """,
    """
    INSERT INTO stimulus.predictor (predictor_name, predictor_kind, level_low, level_high, of_word, feature, model)
    VALUES
        ('from position 0', 'from_position', 0, 0, NULL, NULL, NULL),
        ('length of the word looked from', 'word_length', NULL, NULL, 'from', NULL, NULL),
        ('length of the word looked to', 'word_length', NULL, NULL, 'to', NULL, NULL),
        ('log10_frequency of the word looked from', 'word_feature', NULL, NULL, 'from', 'log10_frequency', NULL),
        ('log10_frequency of the word looked to', 'word_feature', NULL, NULL, 'to', 'log10_frequency', NULL),
        ('surprisal under gpt2 of the word looked from', 'surprisal', NULL, NULL, 'from', NULL, 'gpt2'),
        ('surprisal under gpt2 of the word looked to', 'surprisal', NULL, NULL, 'to', NULL, 'gpt2')
    """,
    """
    INSERT INTO stimulus.predictor_set (predictor_set, description, source) VALUES
        ('trivial3', 'first word, previous word and the word itself', 'Gao et al. 2023 (EMNLP Findings)'),
        ('position45', 'words back, position of the word looked to, and words from it to the end, level by level',
         'built in'),
        ('baseline47', 'position45, and characters of both words', 'built in'),
        ('frequency', 'log10_frequency of both words, a word feature of the corpus', 'built in'),
        ('surprisal', 'surprisal of both words under gpt2, and whether either is the first word, which has none',
         'built in')
    """,
    """
    INSERT INTO stimulus.predictor_set_member (predictor_set, predictor_id)
    SELECT predictor_set, predictor_id
    FROM stimulus.predictor_set
    JOIN stimulus.predictor ON CASE predictor_set
        WHEN 'trivial3' THEN predictor_name IN ('to position 0', 'words back 1', 'words back 0')
        WHEN 'position45' THEN level_low > 0
        WHEN 'baseline47' THEN level_low > 0 OR predictor_kind = 'word_length'
        WHEN 'frequency' THEN feature = 'log10_frequency'
        WHEN 'surprisal' THEN model = 'gpt2' OR predictor_name IN ('to position 0', 'from position 0')
    END
    """,
    """
    CREATE TABLE result.unique_variance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        predictor_set TEXT NOT NULL,
        held_out TEXT NOT NULL,
        set_r2 DOUBLE PRECISION,
        set_se DOUBLE PRECISION,
        heads_r2 DOUBLE PRECISION,
        heads_se DOUBLE PRECISION,
        joint_r2 DOUBLE PRECISION,
        joint_se DOUBLE PRECISION,
        unique_r2 DOUBLE PRECISION,
        unique_se DOUBLE PRECISION,
        set_unique_r2 DOUBLE PRECISION,
        set_unique_se DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_one_sided DOUBLE PRECISION,
        effect_size DOUBLE PRECISION,
        effect_low DOUBLE PRECISION,
        effect_high DOUBLE PRECISION,
        corrected_unique_r2 DOUBLE PRECISION,
        sentence_se DOUBLE PRECISION,
        unique_low DOUBLE PRECISION,
        unique_high DOUBLE PRECISION,
        reader_set_r2 DOUBLE PRECISION[] NOT NULL,
        reader_heads_r2 DOUBLE PRECISION[] NOT NULL,
        reader_joint_r2 DOUBLE PRECISION[] NOT NULL,
        subject_labels TEXT[] NOT NULL,
        subject_count INTEGER NOT NULL,
        cell_count INTEGER NOT NULL,
        set_rank SMALLINT NOT NULL,
        heads_rank SMALLINT NOT NULL,
        joint_rank SMALLINT NOT NULL,
        missing_because TEXT,
        CONSTRAINT unique_variance_pk PRIMARY KEY (
            run_id, extraction_id, layer, measure_id, language_group, predictor_set, held_out
        ),
        CONSTRAINT unique_variance_held_out_check CHECK (held_out IN ('nothing', 'article', 'sentence')),
        CONSTRAINT unique_variance_joint_r2_check CHECK (joint_r2 <= 1.000001),
        CONSTRAINT unique_variance_p_one_sided_check CHECK (p_one_sided BETWEEN 0 AND 1),
        CONSTRAINT unique_variance_subject_labels_check CHECK (
            cardinality(subject_labels) = cardinality(reader_joint_r2)
        ),
        CONSTRAINT unique_variance_extraction_id_fk FOREIGN KEY (extraction_id)
            REFERENCES model.extraction (extraction_id),
        CONSTRAINT unique_variance_measure_id_fk FOREIGN KEY (measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT unique_variance_language_group_fk FOREIGN KEY (language_group)
            REFERENCES human.language_group (language_group),
        CONSTRAINT unique_variance_predictor_set_fk FOREIGN KEY (predictor_set)
            REFERENCES stimulus.predictor_set (predictor_set),
        CONSTRAINT unique_variance_run_id_unit_id_fk FOREIGN KEY (run_id, unit_id)
            REFERENCES ops.unit (run_id, unit_id)
    )
    """,
)
DROP = (
    "DROP TABLE result.unique_variance",
    "DROP TABLE stimulus.predictor_set_member",
    "DROP TABLE stimulus.predictor_set",
    "DROP TABLE stimulus.predictor",
    "DROP TABLE stimulus.pair_feature",
    "DROP TABLE stimulus.word_feature",
    "DROP TABLE stimulus.feature",
    # the ledger must not tell of rows that are gone
    "DELETE FROM ops.unit USING ops.run WHERE run.run_id = unit.run_id AND run.job = 'compute unique_variance'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
