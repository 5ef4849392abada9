"""What people look at in `mart`."""

from sqlalchemy.dialects.postgresql import REAL

from warehouse.schema.fields.field import INT, TEXT, Field

FIELDS: dict[str, Field] = {
    "from_text": Field(TEXT, "The word that looks, as written", example="Mars"),
    "to_text": Field(TEXT, "The word that is looked at, as written", example="live"),
    "bare_text": Field(TEXT, "The word in lower case, without punctuation: what lists of words have", example="mars"),
    "weight": Field(REAL(), "Attention of the head from word to word, as delivered", example="0.134"),
    "fixation_count": Field(INT, "Fixations: of the reader during sentences, or on the word", example="2034"),
    "first_fixation_ms": Field(INT, "Duration of the reader's first fixation on the word", "ms", "224"),
    "mean_fixation_ms": Field(INT, "Mean duration of the reader's fixations during sentences", "ms", "231"),
    "mean_reading_time_ms": Field(
        INT, "Mean of the reader's reading_time_ms over the sentences where it is known", "ms", "4120"
    ),
    "time_missing_count": Field(INT, "Sentences read whose reading time is not known, as of a time-out", example="17"),
    "regression_count": Field(INT, "Saccades to an earlier word", example="3"),
    "refixation_count": Field(INT, "Saccades to the same word", example="2"),
    "forward_count": Field(INT, "Saccades to a later word", example="8"),
    "extraction_count": Field(INT, "Complete extractions of the model", example="4"),
    "article_count": Field(INT, "Articles of the corpus", example="5"),
    "word_total": Field(INT, "Words of all sentences of the corpus", example="1532"),
}
