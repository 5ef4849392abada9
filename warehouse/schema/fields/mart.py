"""What people look at in `mart`."""

from sqlalchemy.dialects.postgresql import REAL

from warehouse.schema.fields.field import DOUBLE, INT, INTS, TEXT, Field

FIELDS: dict[str, Field] = {
    "from_text": Field(TEXT, "The word that looks, as written", example="Mars"),
    "to_text": Field(TEXT, "The word that is looked at, as written", example="live"),
    "bare_text": Field(TEXT, "The word in lower case, without punctuation: what lists of words have", example="mars"),
    "weight": Field(
        REAL(),
        "Attention of the head from word to word: sum over the tokens of the word looked at, mean over those of the "
        "word that looks, as delivered",
        "0 to 1",
        "0.134",
    ),
    "reading_count": Field(INT, "Readings: a sentence that was read twice has two", "readings", "148"),
    "reading": Field(TEXT, "Which reading of a sentence the measure is of: 1 the first, all together", example="1"),
    "fixation_count": Field(INT, "Fixations: of the reader during sentences, or on the word", "fixations", "2034"),
    "first_fixation_ms": Field(INT, "Duration of the reader's first fixation on the word", "ms", "224"),
    "mean_fixation_ms": Field(INT, "Mean duration of the reader's fixations during sentences", "ms", "231"),
    "mean_reading_time_ms": Field(
        INT, "Mean of the reader's reading_time_ms over the sentences where it is known", "ms", "4120"
    ),
    "time_missing_count": Field(
        INT, "Sentences read whose reading time is not known, as of a time-out", "sentences", "17"
    ),
    "regression_count": Field(INT, "Saccades to an earlier word", "transitions", "3"),
    "refixation_count": Field(INT, "Saccades to the same word", "transitions", "2"),
    "forward_count": Field(INT, "Saccades to a later word", "transitions", "8"),
    "extraction_count": Field(INT, "Complete extractions of the model", "extractions", "4"),
    "article_count": Field(INT, "Articles of the corpus", "articles", "5"),
    "word_total": Field(INT, "Words of all sentences of the corpus", "words", "1532"),
    "whole_r2": Field(DOUBLE, "r2 of the same layer with all sentences", "R2, 0 to 1", "0.0563"),
    "whole_cv_r2": Field(
        DOUBLE,
        "cv_r2 of the same layer with all sentences",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.0480",
    ),
    "whole_ceiling": Field(DOUBLE, "ceiling with all sentences", "R2, 0 to 1", "0.1772"),
    "whole_resemblance": Field(
        DOUBLE, "resemblance of the same layer with all sentences", "ratio, 1 is the ceiling", "0.3174"
    ),
    "whole_cell_count": Field(INT, "Word pairs with all sentences", "word pairs", "8953"),
    "nested_loo_resemblance": Field(
        DOUBLE,
        "nested_cv_r2 divided by leave_one_out_ceiling, which is in-sample and higher",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.3216",
    ),
    "aligned_count": Field(
        INT, "Models, or tuned models, that are aligned to words; null where it is not about models", "models", "8"
    ),
    "extraction_ids": Field(INTS, "Extractions that the row is made of; see model.extraction", "ids", "{4,5}"),
}
