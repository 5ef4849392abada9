"""What was read: corpora, articles, sentences, words, and the pairs of words in one canonical order."""

from warehouse.schema.base import check, field, key, refers, surrogate, table, unique

corpus = table(
    "stimulus",
    "corpus",
    "One row per text collection that people and models read.",
    surrogate("corpus_id"),
    field("corpus"),
    field("language"),
    field("licence"),
    field("citation"),
    unique("corpus"),
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
    "One row per sentence, in the order of its article.",
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
    "One row per word of a sentence, split at white space.",
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
