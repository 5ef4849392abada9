"""Predictors beside attention: features of words, sets of predictors, and what heads explain beyond a set."""

from warehouse.schema.tables.base import check, effect, field, key, of_unit, refers, surrogate, table, unique

feature = table(
    "stimulus",
    "feature",
    "One row per feature that a corpus's words or word pairs have values of, as ingested.",
    surrogate("feature_id"),
    refers("corpus_id", "stimulus.corpus"),
    field("feature"),
    field("source"),
    unique("corpus_id", "feature"),
)

word_feature = table(
    "stimulus",
    "word_feature",
    "One row per feature and word that has a value.",
    refers("feature_id", "stimulus.feature", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("word_position"),
    field("feature_value"),
    check("word_position", "word_position >= 0"),
)

pair_feature = table(
    "stimulus",
    "pair_feature",
    "One row per feature and word pair, looking back or at itself, that has a value.",
    refers("feature_id", "stimulus.feature", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("from_word"),
    key("to_word"),
    field("feature_value"),
    check("to_word", "to_word BETWEEN 0 AND from_word"),
)

_NEEDED = """
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
"""

predictor = table(
    "stimulus",
    "predictor",
    "One row per predictor of word pairs: 1 where a distance or position lies between two levels and 0 elsewhere, or a "
    "value of one of the two words or of the pair.",
    surrogate("predictor_id"),
    field("predictor_name"),
    field("predictor_kind"),
    field("level_low", null=True),
    field("level_high", null=True),
    field("of_word", null=True),
    field("feature", null=True),
    field("model", null=True),
    unique("predictor_name"),
    check("predictor_kind", _NEEDED),
    check("of_word", "of_word IN ('from', 'to')"),
    check("level_high", "level_high >= level_low"),
)

predictor_set = table(
    "stimulus",
    "predictor_set",
    "One row per set of predictors that enter a regression together; a row more is an analysis more.",
    key("predictor_set"),
    field("description"),
    field("source"),
)

predictor_set_member = table(
    "stimulus",
    "predictor_set_member",
    "The predictors of each set.",
    refers("predictor_set", "stimulus.predictor_set", is_key=True),
    refers("predictor_id", "stimulus.predictor", is_key=True),
)

unique_variance = table(
    "result",
    "unique_variance",
    "One row per run, extraction, layer, measure, group of readers, set of predictors and what was held out: R2 of the "
    "set, of the layer's heads and of both, and what each explains beyond the other.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    refers("predictor_set", "stimulus.predictor_set", is_key=True),
    key("held_out"),
    *(
        field(f"{part}_{value}", null=True)
        for part in ("set", "heads", "joint", "unique", "set_unique")
        for value in ("r2", "se")
    ),
    *(field(name, null=True) for name in ("t_statistic", "degrees_of_freedom", "p_one_sided")),
    *effect(),
    *(field(name, null=True) for name in ("corrected_unique_r2", "sentence_se", "unique_low", "unique_high")),
    field("reader_set_r2"),
    field("reader_heads_r2"),
    field("reader_joint_r2"),
    field("subject_labels"),
    field("subject_count"),
    field("cell_count"),
    field("set_rank"),
    field("heads_rank"),
    field("joint_rank"),
    field("missing_because", null=True),
    field("article_gains", null=True),
    of_unit(),
    check("held_out", "held_out IN ('nothing', 'article', 'sentence')"),
    check("joint_r2", "joint_r2 <= 1.000001"),
    check("p_one_sided", "p_one_sided BETWEEN 0 AND 1"),
    check("subject_labels", "cardinality(subject_labels) = cardinality(reader_joint_r2)"),
)

nested_unique_variance = table(
    "result",
    "nested_unique_variance",
    "One row per run, extraction, measure, group of readers and set of predictors: what heads explain of held-out "
    "articles beyond the set, each article at the layer chosen on the others.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    refers("predictor_set", "stimulus.predictor_set", is_key=True),
    *(field(f"nested_unique_{value}", null=True) for value in ("r2", "se", "low", "high")),
    *(field(name, null=True) for name in ("t_statistic", "degrees_of_freedom", "p_value")),
    *effect(),
    field("subject_count"),
    field("missing_because", null=True),
    of_unit(),
    check("p_value", "p_value BETWEEN 0 AND 1"),
)
