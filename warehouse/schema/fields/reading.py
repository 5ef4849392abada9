"""Reading times and what explains them."""

from warehouse.schema.fields.field import BOOL, DOUBLE, INT, TEXT, Field

FIELDS: dict[str, Field] = {
    "delta_log_likelihood": Field(
        DOUBLE,
        "Log likelihood per word, held out by sentence, that surprisal of the word and of the one before adds to the "
        "baseline; mean over readers",
        "nats per word; below 0 where it predicts worse",
        "0.0021",
        heading="delta LL",
        is_headline=True,
    ),
    "delta_se_over_readers": Field(
        DOUBLE, "Standard error of delta_log_likelihood over readers", "nats, from 0", "0.0004"
    ),
    "delta_se_over_folds": Field(DOUBLE, "Standard error of delta_log_likelihood over folds", "nats, from 0", "0.0006"),
    "surprisal_ms_per_bit": Field(
        DOUBLE,
        "Milliseconds more for a bit more surprisal of the word, in-sample, mean over readers",
        "ms per bit",
        "1.9",
    ),
    "previous_surprisal_ms_per_bit": Field(
        DOUBLE,
        "Milliseconds more for a bit more surprisal of the word before, in-sample, mean over readers",
        "ms per bit",
        "0.8",
    ),
    "has_frequency": Field(
        BOOL,
        "True where the corpus has log10_frequency as a word feature: the baseline holds it",
        example="true",
    ),
    "reading_time_count": Field(
        INT, "Times of a reader on a word that were fitted, over all readers", "times", "61204"
    ),
    "character_count": Field(DOUBLE, "Characters of the word, with its punctuation", "characters", "5"),
    "log10_frequency": Field(
        DOUBLE, "Logarithm to base 10 of the word's frequency, a word feature of the corpus", "log10 of a share", "-3.2"
    ),
    "fold_count": Field(INT, "Parts of the sentences that were held out in turn", "folds", "10"),
    "smallest_model": Field(TEXT, "Model with the fewest parameters", example="gpt2"),
    "largest_model": Field(TEXT, "Model with the most parameters", example="gpt2-xl"),
    "smallest_delta": Field(
        DOUBLE,
        "delta_log_likelihood of the smallest model",
        "nats per word; below 0 where it predicts worse",
        "0.0030",
        is_headline=True,
    ),
    "largest_delta": Field(
        DOUBLE,
        "delta_log_likelihood of the largest model",
        "nats per word; below 0 where it predicts worse",
        "0.0021",
        is_headline=True,
    ),
    "fits_worse_with_size": Field(
        BOOL, "True where delta_log_likelihood falls with the logarithm of the number of parameters", example="true"
    ),
}
