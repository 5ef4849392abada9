"""Predictors beside attention, and what attention explains beyond them."""

from warehouse.schema.fields.field import DOUBLE, DOUBLES, INT, SMALL, TEXT, Field

_R2 = "R2, at most 1; held out below 0 where it predicts worse than the mean"
_SE = "R2, from 0"
_BY_READER = "of each reader, in the order of subject_labels; NaN for a reader without variation"

FIELDS: dict[str, Field] = {
    "feature_id": Field(INT, "Surrogate id of a feature of a corpus's words or word pairs", example="1"),
    "feature": Field(TEXT, "Name of a feature of words or word pairs", example="log10_frequency"),
    "feature_value": Field(DOUBLE, "Value of the feature", "the feature's", "-4.21"),
    "predictor_id": Field(SMALL, "Surrogate id of the predictor", example="12"),
    "predictor_name": Field(TEXT, "Name of the predictor", example="words back 3"),
    "predictor_kind": Field(
        TEXT,
        "What it is: words_back, from_position, to_position or words_to_end, 1 between its levels; word_length, "
        "word_feature or surprisal, of one of the two words; pair_feature, of the pair",
        example="words_back",
    ),
    "level_low": Field(SMALL, "Least distance or position at which the predictor is 1", "words", "3"),
    "level_high": Field(SMALL, "Largest distance or position at which it is 1; null: no limit", "words", "3"),
    "of_word": Field(TEXT, "Whose value: from (the word looked from) or to (the word looked to)", example="to"),
    "predictor_value": Field(DOUBLE, "Value of the predictor at the word or word pair", "the predictor's", "5.0"),
    "predictor_set": Field(
        TEXT,
        "Name of the predictors that enter one regression together; none: no predictor",
        example="baseline47",
        heading="beyond",
    ),
    "held_out": Field(
        TEXT,
        "What the fit did not see: nothing (in-sample), article or sentence (each in turn, 1 - SSE/SST pooled)",
        example="article",
        heading="held out",
    ),
    "set_r2": Field(
        DOUBLE, "R2 of the predictor set, mean over readers", _R2, "0.0807", heading="set", is_headline=True
    ),
    "set_se": Field(DOUBLE, "Standard error of set_r2 over readers", _SE, "0.0053"),
    "heads_r2": Field(
        DOUBLE, "R2 of the layer's heads, mean over readers", _R2, "0.0479", heading="heads", is_headline=True
    ),
    "heads_se": Field(DOUBLE, "Standard error of heads_r2 over readers", _SE, "0.0040"),
    "joint_r2": Field(
        DOUBLE, "R2 of set and heads together, mean over readers", _R2, "0.0834", heading="both", is_headline=True
    ),
    "joint_se": Field(DOUBLE, "Standard error of joint_r2 over readers", _SE, "0.0057"),
    "unique_r2": Field(
        DOUBLE,
        "What the heads explain beyond the set: joint_r2 - set_r2, mean over readers",
        "R2, -1 to 1",
        "0.0027",
        heading="unique to heads",
        is_headline=True,
    ),
    "unique_se": Field(DOUBLE, "Standard error of unique_r2 over readers", _SE, "0.0010", heading="SE"),
    "nested_unique_r2": Field(
        DOUBLE,
        "What the heads explain of held-out articles beyond the set, each article at the layer chosen on the others by "
        "R2 of the heads; of a reader, or the mean over readers",
        "R2, -1 to 1",
        "0.0021",
        heading="unique, nested",
    ),
    "nested_unique_se": Field(DOUBLE, "Standard error of nested_unique_r2 over readers", _SE, "0.0010"),
    "nested_unique_low": Field(
        DOUBLE, "Lower end of the 95 % interval of nested_unique_r2 over readers (Student's t)", "R2, -1 to 1", "0.0001"
    ),
    "nested_unique_high": Field(
        DOUBLE, "Upper end of the 95 % interval of nested_unique_r2 over readers (Student's t)", "R2, -1 to 1", "0.0041"
    ),
    "nested_unique_p": Field(
        DOUBLE,
        "p of nested_unique_r2 (t-test over readers, two-sided: below .05 where its interval leaves 0 out); "
        "uncorrected, since it is one test of a model",
        "0 to 1",
        "0.02",
        heading="p nested",
    ),
    "article_gains": Field(
        DOUBLES,
        "What each held-out article adds to unique R2, " + _BY_READER + " or an article that the reader did not read; "
        "article after article",
        "R2, -1 to 1",
        "{0.0007,0.0004}",
    ),
    "set_unique_r2": Field(
        DOUBLE,
        "What the set explains beyond the heads: joint_r2 - heads_r2, mean over readers",
        "R2, -1 to 1",
        "0.0355",
        heading="unique to set",
    ),
    "set_unique_se": Field(DOUBLE, "Standard error of set_unique_r2 over readers", _SE, "0.0030"),
    "common_r2": Field(
        DOUBLE,
        "What set and heads explain alike: set_r2 + heads_r2 - joint_r2; below 0 where they help each other",
        "R2, -1 to 1",
        "0.0452",
        heading="common",
    ),
    "corrected_unique_r2": Field(
        DOUBLE,
        "In-sample unique_r2 less its bias by the jackknife over sentences: 0 is expected where heads add nothing",
        "R2, -1 to 1",
        "0.0041",
        heading="unique, corrected",
    ),
    "sentence_se": Field(
        DOUBLE, "Standard error of the in-sample unique_r2 by the jackknife over sentences", _SE, "0.0012"
    ),
    "unique_low": Field(
        DOUBLE,
        "Lower end of the 95 % interval of corrected_unique_r2 (Student's t; variances by reader and sentence added)",
        "R2, -1 to 1",
        "0.0010",
        heading="95 % from",
    ),
    "unique_high": Field(
        DOUBLE,
        "Upper end of the 95 % interval of corrected_unique_r2 (Student's t; variances by reader and sentence added)",
        "R2, -1 to 1",
        "0.0072",
        heading="95 % to",
    ),
    "baseline_r2": Field(
        DOUBLE,
        "set_r2 of the baseline (position and word length) with articles held out: what is predicted without any model",
        _R2,
        "0.0807",
        heading="baseline R2",
        is_headline=True,
    ),
    "baseline_resemblance": Field(
        DOUBLE,
        "baseline_r2 over the leave-one-out ceiling",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.637",
        heading="baseline %",
    ),
    "ridge_cv_r2": Field(
        DOUBLE, "cv_r2 by ridge regression, penalties chosen inside the folds", _R2, "0.0490", heading="ridge R2"
    ),
    "head_averaged_cv_r2": Field(
        DOUBLE, "cv_r2 of the mean over the layer's heads", _R2, "0.0160", heading="head-averaged R2"
    ),
    "reader_set_r2": Field(DOUBLES, f"set_r2 {_BY_READER}", _R2, "{0.08,0.06}"),
    "reader_heads_r2": Field(DOUBLES, f"heads_r2 {_BY_READER}", _R2, "{0.05,0.04}"),
    "reader_joint_r2": Field(DOUBLES, f"joint_r2 {_BY_READER}", _R2, "{0.09,0.07}"),
    "set_rank": Field(SMALL, "Independent predictors of the set that vary over the cells", "predictors", "47"),
    "heads_rank": Field(SMALL, "Independent heads", "heads", "20"),
    "joint_rank": Field(SMALL, "Independent columns of set and heads together", "predictors", "67"),
}
