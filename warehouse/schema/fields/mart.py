"""What people look at in `mart`."""

from warehouse.declarations import REAL
from warehouse.schema.fields.field import BOOL, DOUBLE, INT, INTS, TEXT, Field

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
    "reader": Field(
        TEXT, "Name of the reader with the group, unique in a corpus: the label alone is not", example="L1/sub-02"
    ),
    "is_default": Field(
        BOOL,
        "True for the default choice: raw attention, plain text, transition counts by the rule consecutive, first "
        "reading, and where a view has several scores or kinds, the one that its companion _default shows",
        example="true",
    ),
    "is_whole_text": Field(BOOL, "True where no sentence was left out on request (leave_out is [])", example="true"),
    "is_excluded": Field(
        BOOL, "True where the reader, or this sentence of the reader, is left out of every analysis", example="false"
    ),
    "is_word_aligned": Field(
        BOOL, "False where attention is at the level of tokens: its cells are not those of the words", example="true"
    ),
    "is_partial": Field(BOOL, "True where only part of the layers or sentences is there", example="false"),
    "warnings": Field(
        TEXT, "usage_warnings as one text; null where there are none", example="not_word_aligned, partial_coverage"
    ),
    "chosen_layers_text": Field(TEXT, "chosen_layers as one text", example="3, 3, 4, 3, 3"),
    "higher_layers_text": Field(TEXT, "higher_layers as one text; null where there are none", example="3, 4"),
    "lower_layers_text": Field(TEXT, "lower_layers as one text; null where there are none", example="0, 1, 2"),
    "significant_layers_text": Field(TEXT, "significant_layers as one text; null where there are none", example="3, 4"),
    "layers_text": Field(TEXT, "layers as one text", example="20, 21, 22"),
    "demographics_text": Field(TEXT, "demographics as text", example='{"gender": "F"}'),
    "leave_out_text": Field(TEXT, "leave_out as text", example='["t.03.16"]'),
    "run_ids_text": Field(TEXT, "run_ids as one text", example="7, 8"),
    "parameters_text": Field(TEXT, "parameters as text", example='{"leave_out": []}'),
    "environment_text": Field(TEXT, "environment as text", example='{"python": "3.11.7"}'),
    "relative_depth": Field(
        DOUBLE,
        "Depth of the layer in its model: 0 the first, 1 the last; null in a model of one layer",
        "0 to 1",
        "0.25",
    ),
    "cv_standard_error": Field(
        DOUBLE, "Standard error over readers of the mean cv_r2", "as cv_r2, from 0", "0.0087", heading="held-out SE"
    ),
    "r2_low": Field(
        DOUBLE, "Lower end of the 95 % bootstrap interval of r2, readers and sentences drawn", "R2", "0.0478"
    ),
    "r2_high": Field(
        DOUBLE, "Upper end of the 95 % bootstrap interval of r2, readers and sentences drawn", "R2", "0.0641"
    ),
    "leaderboard_rank": Field(
        INT, "Place of the model among those of the corpus for the group of readers", "from 1", "3", heading="rank"
    ),
    "reading_time_per_word_ms": Field(DOUBLE, "reading_time_ms over the words of the sentence", "ms per word", "392.9"),
    "mean_saccade_count": Field(
        DOUBLE, "Mean number of transitions from word to word over the readers shown the sentence", "transitions", "0.4"
    ),
    "mean_landing_duration_ms": Field(
        DOUBLE, "Mean of landing_duration_ms over the readers shown the sentence; 0 for who made none", "ms", "98.2"
    ),
    "reader_share": Field(DOUBLE, "Share of the readers who have a value other than 0", "0 to 1", "0.31"),
    "mean_roi_value": Field(
        DOUBLE, "Mean of roi_value over the readers shown the sentence; 0 for who has none", "the source's", "0.12"
    ),
    "reading_count": Field(INT, "Readings: a sentence that was read twice has two", "readings", "148"),
    "reading": Field(TEXT, "Which reading of a sentence the measure is of: 1 the first, all together", example="1"),
    "fixation_count": Field(INT, "Fixations: of the reader during sentences, or on the word", "fixations", "2034"),
    "first_fixation_ms": Field(INT, "Duration of the reader's first fixation on the word", "ms", "224"),
    "is_skipped": Field(
        BOOL,
        "True where the word has no fixation in the first pass: none, or none before a later word",
        example="false",
    ),
    "first_fixation_duration_ms": Field(
        INT, "Duration of the first fixation of the first pass; null where the word is skipped", "ms", "224"
    ),
    "single_fixation_duration_ms": Field(
        INT, "Duration of the only fixation of the first pass; null where there are none or several", "ms", "224"
    ),
    "gaze_duration_ms": Field(
        INT,
        "First-pass time: fixations from the first on the word until the eye leaves it; null if skipped",
        "ms",
        "310",
    ),
    "go_past_time_ms": Field(
        INT,
        "Regression-path duration: fixations on words from the first on the word until a later one is looked at; null "
        "where the word is skipped",
        "ms",
        "450",
    ),
    "second_pass_time_ms": Field(INT, "Time on the word after its first pass: total less gaze duration", "ms", "140"),
    "total_reading_time_ms": Field(INT, "All fixations on the word; 0 where there are none", "ms", "450"),
    "has_first_pass_regression": Field(
        BOOL,
        "True where the eye ends the first pass over the word with a regression to an earlier one; null if skipped",
        example="false",
    ),
    "has_regression_out": Field(BOOL, "True where the eye ever goes from the word to an earlier one", example="false"),
    "has_regression_in": Field(BOOL, "True where the eye ever comes to the word from a later one", example="true"),
    "skipping_rate": Field(DOUBLE, "Share of readers who skip the word in the first pass", "0 to 1", "0.31"),
    "mean_first_fixation_duration_ms": Field(
        DOUBLE, "Mean of first_fixation_duration_ms over the readers who have one", "ms", "221.5"
    ),
    "mean_single_fixation_duration_ms": Field(
        DOUBLE, "Mean of single_fixation_duration_ms over the readers who have one", "ms", "225.0"
    ),
    "mean_gaze_duration_ms": Field(DOUBLE, "Mean of gaze_duration_ms over the readers who have one", "ms", "289.1"),
    "mean_go_past_time_ms": Field(DOUBLE, "Mean of go_past_time_ms over the readers who have one", "ms", "402.7"),
    "mean_second_pass_time_ms": Field(DOUBLE, "Mean of second_pass_time_ms over all readers", "ms", "98.4"),
    "mean_total_reading_time_ms": Field(DOUBLE, "Mean of total_reading_time_ms over all readers", "ms", "341.0"),
    "mean_fixation_count": Field(DOUBLE, "Mean number of fixations on the word", "fixations", "1.4"),
    "first_pass_regression_rate": Field(
        DOUBLE,
        "Share of readers, of those who do not skip the word, who end the first pass over it with a regression",
        "0 to 1",
        "0.12",
    ),
    "regression_out_rate": Field(
        DOUBLE, "Share of readers who ever go from the word to an earlier one", "0 to 1", "0.2"
    ),
    "regression_in_rate": Field(DOUBLE, "Share of readers who ever come to the word from a later one", "0 to 1", "0.3"),
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
    "word_total": Field(INT, "Words of all sentences that were read", "words", "1532"),
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
