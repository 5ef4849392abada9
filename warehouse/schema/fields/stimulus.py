"""Corpora, articles, sentences, words and patterns."""

from warehouse.schema.fields.field import BOOL, INT, SMALL, TEXT, Field

FIELDS: dict[str, Field] = {
    "corpus_id": Field(INT, "Surrogate id of the corpus", example="1"),
    "corpus": Field(TEXT, "Name of the corpus", example="reading_brain"),
    "language": Field(TEXT, "Language of the text, BCP 47", example="en"),
    "licence": Field(TEXT, "Licence under which the data may be used", example="CC0-1.0"),
    "citation": Field(TEXT, "What to cite when using the data", example="Li et al. (2022)"),
    "is_simulated": Field(
        BOOL, "True where no one read it: its results answer no claim about readers", example="false"
    ),
    "pair_unit": Field(
        TEXT,
        "Within what words are paired: sentence, or page where saccades between sentences count and a model reads the "
        "page at once",
        example="sentence",
    ),
    "article_id": Field(INT, "Surrogate id of the article", example="3"),
    "article_position": Field(SMALL, "Place of the article in the corpus, counted from 0", "from 0", "2"),
    "sentence_id": Field(INT, "Surrogate id of the sentence", example="78"),
    "sentence_position": Field(INT, "Place of the sentence in its article, counted from 0", "from 0", "15"),
    "sentence_label": Field(TEXT, "The source's own name of the sentence", example="t.03.16"),
    "sentence_text": Field(
        TEXT, "The sentence as one string, Unicode NFC", example="Could humans live on Mars some day?"
    ),
    "word_count": Field(SMALL, "Words of the sentence, split at white space", "words", "10"),
    "word_position": Field(SMALL, "Place of the word in its sentence, counted from 0; null: on no word", "from 0", "0"),
    "word_text": Field(TEXT, "The word as written, punctuation included", example="Mars"),
    "from_word": Field(SMALL, "Position of the word that looks, counted from 0", "from 0", "5"),
    "to_word": Field(SMALL, "Position of the word that is looked at, counted from 0", "from 0", "2"),
    "pair_ordinal": Field(
        INT, "Place of the pair in the sentence's canonical order: lower triangle row by row first", "from 0", "4"
    ),
    "is_causal": Field(
        BOOL, "True where a word sees only itself and earlier words (lower triangle with diagonal)", example="true"
    ),
    "pattern_id": Field(SMALL, "Surrogate id of the trivial pattern", example="2"),
    "pattern": Field(TEXT, "Name of a trivial pattern of looking back", example="previous_word"),
    "to_position": Field(
        SMALL, "The pattern looks at the word at this position, counted from 0; null: by other means", "from 0", "0"
    ),
    "words_back": Field(
        SMALL, "The pattern looks this many words back, 0 at the word itself; null: by other means", "words", "1"
    ),
    "pattern_set": Field(
        TEXT, "Name of the trivial patterns that enter one regression together", example="trivial", heading="patterns"
    ),
}
