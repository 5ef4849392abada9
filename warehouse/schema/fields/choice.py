"""Layers chosen on other articles, differences over ceilings, and effect sizes."""

from warehouse.schema.fields.field import DOUBLE, DOUBLES, SMALLS, TEXT, TEXTS, Field

FIELDS: dict[str, Field] = {
    "choice_r2": Field(
        DOUBLE,
        "Cross-validated R2 within the other articles (in ten groups at most): what a choice without it goes by",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.0485",
    ),
    "held_out_error": Field(
        DOUBLE,
        "Squared error on the article over the squares of all articles, mean over readers; 1 - sum is cv_r2",
        "share of squares, from 0",
        "0.19",
    ),
    "reader_errors": Field(
        DOUBLES,
        "Each reader's share of held_out_error, in the order of subject_labels; NaN for a reader without variation",
        "share of squares, from 0",
        "{0.19,0.21}",
    ),
    "subject_labels": Field(
        TEXTS,
        "The readers of reader_errors, by the source's own names, in the order in which they were loaded",
        example="{sub-02,sub-03}",
    ),
    "chosen_layers": Field(
        SMALLS,
        "Layer chosen without each article, in the order of the articles; layers count from 0",
        "from 0",
        "{3,3,4}",
    ),
    "nested_cv_r2": Field(
        DOUBLE,
        "Leave-one-article-out R2 where the layer is chosen on the other articles: 1 - SSE/SST pooled over "
        "articles, SST about the mean of the training articles; of a reader, or the mean over readers",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.0471",
    ),
    "nested_resemblance": Field(
        DOUBLE,
        "nested_cv_r2 divided by cv_ceiling: both predict held-out articles",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.3276",
        heading="nested %",
        is_headline=True,
    ),
    "nested_low": Field(
        DOUBLE,
        "Lower end of the 95 % bootstrap interval of nested_resemblance over readers",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.29",
        heading="nested from %",
    ),
    "nested_high": Field(
        DOUBLE,
        "Upper end of the 95 % bootstrap interval of nested_resemblance over readers",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.37",
        heading="nested to %",
    ),
    "reader_nested_r2": Field(
        DOUBLE, "Mean r2 where each reader's layer is chosen by the others", "R2, 0 to 1", "0.0561"
    ),
    "left_value": Field(
        DOUBLE,
        "The score of the left group, over its own ceiling",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.3780",
        is_headline=True,
    ),
    "right_value": Field(
        DOUBLE,
        "The score of the right group, over its own ceiling",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.4092",
        is_headline=True,
    ),
    "difference": Field(
        DOUBLE,
        "Second side minus first, of scores over the ceiling: right minus left group, tuned minus base",
        "ratio; 0.01 is one point of the ceiling",
        "0.0313",
        is_headline=True,
    ),
    "tuned_model": Field(
        TEXT,
        "Tuned model that is compared with its base; all, word-aligned: mean over such models",
        example="alpaca-7b",
    ),
    "effect_size": Field(
        DOUBLE,
        "Standardised difference, in standard deviations: of the differences where values are paired (d_z), pooled "
        "where they are not (Cohen's d); sign as t_statistic",
        "standard deviations",
        "0.42",
    ),
    "effect_low": Field(
        DOUBLE, "Lower end of the 95 % interval of effect_size (noncentral t)", "standard deviations", "0.13"
    ),
    "effect_high": Field(
        DOUBLE, "Upper end of the 95 % interval of effect_size (noncentral t)", "standard deviations", "0.70"
    ),
    "equivalence_bound": Field(
        DOUBLE,
        "Difference below which an effect counts as little, as a share of the ceiling",
        "ratio; 0.01 is one point of the ceiling",
        "0.01",
    ),
    "p_equivalence": Field(
        DOUBLE,
        "Larger p of the two one-sided tests (TOST) that the difference lies within equivalence_bound of 0: below "
        "0.05 the effect is shown to be little",
        "0 to 1",
        "0.0210",
    ),
}
