"""What was read: corpora, articles, sentences, words, and the pairs of words in one canonical order."""

from warehouse.schema.tables.base import check, field, key, refers, surrogate, table, unique

corpus = table(
    "stimulus",
    "corpus",
    "One row per text collection that people and models read.",
    surrogate("corpus_id"),
    field("corpus"),
    field("language"),
    field("licence"),
    field("citation"),
    field("is_simulated", default="false"),
    field("pair_unit", default="'sentence'"),
    unique("corpus"),
    check("pair_unit", "pair_unit IN ('sentence', 'page')"),
)

article = table(
    "stimulus",
    "article",
    "One row per article of a corpus, in its order.",
    surrogate("article_id"),
    refers("corpus_id", "stimulus.corpus"),
    field("article_position"),
    unique("corpus_id", "article_position"),
    check("article_position", "article_position >= 0"),
)

sentence = table(
    "stimulus",
    "sentence",
    "One row per sentence, in the order of its article; where the corpus pairs words by page, one row per page.",
    surrogate("sentence_id"),
    refers("article_id", "stimulus.article"),
    field("sentence_position"),
    field("sentence_label"),
    field("sentence_text"),
    field("word_count"),
    unique("article_id", "sentence_position"),
    check("sentence_position", "sentence_position >= 0"),
    check("word_count", "word_count > 0"),
)

word = table(
    "stimulus",
    "word",
    "One row per word of a sentence: split at white space, or as the source lists them.",
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("word_position"),
    field("word_text"),
    check("word_position", "word_position >= 0"),
)

word_pair = table(
    "stimulus",
    "word_pair",
    "One row per ordered pair of words of a sentence (full square): the one canonical order of cells.",
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("from_word"),
    key("to_word"),
    field("pair_ordinal"),
    field("is_causal"),
    check("from_word", "from_word >= 0"),
    check("to_word", "to_word >= 0"),
    check("is_causal", "is_causal = (to_word <= from_word)"),
)

pattern = table(
    "stimulus",
    "pattern",
    "One row per trivial pattern of looking back: at the word at a position, a number of words back, or, where neither "
    "is given, at the cells of stimulus.pattern_cell. A row more is a pattern more.",
    surrogate("pattern_id"),
    field("pattern"),
    field("to_position", null=True),
    field("words_back", null=True),
    field("description"),
    field("source"),
    unique("pattern"),
    check("to_position", "to_position >= 0"),
    check("words_back", "words_back >= 0"),
    check("one_rule", "to_position IS NULL OR words_back IS NULL"),
)

pattern_cell = table(
    "stimulus",
    "pattern_cell",
    "One row per word pair of a pattern that no rule describes; pairs without a row are not of the pattern.",
    refers("pattern_id", "stimulus.pattern", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("from_word"),
    key("to_word"),
    check("to_word", "to_word BETWEEN 0 AND from_word"),
)

pattern_set = table(
    "stimulus",
    "pattern_set",
    "One row per set of trivial patterns that enter a regression together; a row more is an analysis more.",
    key("pattern_set"),
    field("description"),
    field("source"),
)

pattern_set_member = table(
    "stimulus",
    "pattern_set_member",
    "The patterns of each set.",
    refers("pattern_set", "stimulus.pattern_set", is_key=True),
    refers("pattern_id", "stimulus.pattern", is_key=True),
)
