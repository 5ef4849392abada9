"""What was computed."""

from warehouse.schema.fields.field import DOUBLE, INT, JSON, SMALL, TEXT, Field

FIELDS: dict[str, Field] = {
    "r2": Field(
        DOUBLE,
        "Share of variance explained, in-sample, least squares with intercept",
        "R2, 0 to 1",
        "0.0563",
        heading="R2",
        is_headline=True,
    ),
    "adjusted_r2": Field(
        DOUBLE,
        "1 - (1 - r2)(n - 1)/(n - rank - 1)",
        "R2, at most r2; below 0 where chance explains more",
        "0.0541",
        heading="adjusted R2",
    ),
    "cv_r2": Field(
        DOUBLE,
        "Leave-one-article-out R2: 1 - SSE/SST pooled over held-out articles, SST about the mean of the training "
        "articles, not of the held-out one",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.0480",
        heading="cross-val. R2",
        is_headline=True,
    ),
    "cell_count": Field(
        INT, "Word pairs in the regression (n): lower triangles with diagonal", "word pairs", "8953", heading="cells"
    ),
    "predictor_count": Field(INT, "Predictors offered to the regression (heads)", "predictors", "20", heading="heads"),
    "rank": Field(INT, "Rank of the centred predictors; below predictor_count they are dependent", "predictors", "20"),
    "condition_number": Field(
        DOUBLE, "Largest over smallest singular value of the centred predictors at unit norm", "from 1", "41.7"
    ),
    "cell_value": Field(
        DOUBLE, "Value of the human measure at the word pair, in the measure's unit", "the measure's", "2"
    ),
    "ceiling_kind": Field(
        TEXT,
        "group_mean (the paper's, contains the reader), leave_one_out or split_half",
        example="group_mean",
        heading="kind",
    ),
    "ceiling": Field(
        DOUBLE,
        "Noise ceiling: mean R2 of predicting a reader by the group's mean",
        "R2, 0 to 1",
        "0.1772",
        is_headline=True,
    ),
    "standard_error": Field(
        DOUBLE,
        "Standard error of the mean, over readers or over heads",
        "as the mean beside it, from 0",
        "0.0093",
        heading="SE",
    ),
    "subject_count": Field(
        INT, "Readers averaged or compared, exclusions left out", "readers", "51", heading="readers"
    ),
    "missing_because": Field(
        TEXT, "Why a number is missing; null where it is there", example="a single reader makes no ceiling"
    ),
    "leave_out": Field(JSON, "Labels of sentences left out on request", example='["t.03.16"]', heading="left out"),
    "resemblance": Field(
        DOUBLE,
        "Mean r2 over readers divided by the group-mean ceiling (the paper's, as a ratio)",
        "ratio, 1 is the ceiling",
        "0.3174",
        heading="R2/ceiling %",
        is_headline=True,
    ),
    "adjusted_resemblance": Field(
        DOUBLE,
        "Mean adjusted_r2 over readers divided by the group-mean ceiling",
        "ratio, 1 is the ceiling",
        "0.3055",
        heading="adjusted %",
    ),
    "cv_resemblance": Field(
        DOUBLE,
        "Mean cv_r2 over readers divided by the leave-one-out ceiling",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.3268",
        heading="cross-val. %",
        is_headline=True,
    ),
    "leave_one_out_ceiling": Field(
        DOUBLE,
        "Noise ceiling without the reader in the mean: in-sample R2 on the mean of the others",
        "R2, 0 to 1",
        "0.1465",
        heading="leave-one-out ceiling",
    ),
    "cv_ceiling": Field(
        DOUBLE,
        "Noise ceiling without the reader in the mean, predicted for each article from the others: what a "
        "cross-validated score is divided by",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.1435",
    ),
    "mean_r": Field(
        DOUBLE,
        "Pearson's r with the mean of the group that contains the reader, mean over sentences: the paper's ceiling "
        "of brain regions without its slip",
        "Pearson r, -1 to 1",
        "0.1233",
        is_headline=True,
    ),
    "published_r": Field(
        DOUBLE,
        "As mean_r, with 1 for the group's first reader, who is compared with an alias of the mean: the paper's "
        "ceiling of brain regions",
        "Pearson r, -1 to 1",
        "0.1429",
    ),
    "ratio_missing_because": Field(
        TEXT,
        "Why a brain region has no ratio to a ceiling; null where it has one, and for saccades",
        example="held-out R2 is below 0",
    ),
    "cv_r2_difference": Field(DOUBLE, "Difference of the mean cv_r2, right minus left", "R2", "0.0415"),
    "cv_p_greater": Field(DOUBLE, "p_greater of cv_r2_difference (one-sided)", "0 to 1", "0.0011"),
    "cv_interval_low": Field(DOUBLE, "Lower end of the 95 % interval of cv_r2_difference (Student's t)", "R2", "0.028"),
    "cv_interval_high": Field(
        DOUBLE, "Upper end of the 95 % interval of cv_r2_difference (Student's t)", "R2", "0.055"
    ),
    "best_layer": Field(
        SMALL, "Layer with the highest mean r2, chosen in-sample as the paper does", "from 0", "3", is_headline=True
    ),
    "layer_total": Field(INT, "Layers compared", "layers", "36", heading="layers"),
    "pooled_r2": Field(
        DOUBLE,
        "Explained variance of all heads of the layer over their total variance",
        "R2, 0 to 1",
        "0.21",
        heading="pooled R2",
    ),
    "least_r2": Field(DOUBLE, "Smallest r2 among the readers of the group", "R2, 0 to 1", "0.0049", heading="least R2"),
    "most_r2": Field(DOUBLE, "Largest r2 among the readers of the group", "R2, 0 to 1", "0.1435", heading="most R2"),
    "left_group": Field(TEXT, "Group of readers that the other one is compared with", example="L1"),
    "right_group": Field(TEXT, "Group of readers compared with left_group", example="L2"),
    "left_r2": Field(
        DOUBLE,
        "Mean r2 on the left side of the comparison",
        "R2, 0 to 1",
        "0.0479",
        heading="left R2",
        is_headline=True,
    ),
    "right_r2": Field(
        DOUBLE,
        "Mean r2 on the right side of the comparison",
        "R2, 0 to 1",
        "0.0896",
        heading="right R2",
        is_headline=True,
    ),
    "r2_difference": Field(
        DOUBLE, "right_r2 minus left_r2", "R2, -1 to 1", "0.0417", heading="difference", is_headline=True
    ),
    "left_count": Field(INT, "Readers, or layers, averaged on the left side", "readers, or layers", "51"),
    "right_count": Field(INT, "Readers, or layers, averaged on the right side", "readers, or layers", "55"),
    "test_kind": Field(TEXT, "paired or independent (equal variances) t-test", example="paired"),
    "t_statistic": Field(
        DOUBLE,
        "Student's t; positive where the right side, or the divergence that is tested, is larger",
        "any sign",
        "6.4625",
        heading="t",
    ),
    "degrees_of_freedom": Field(INT, "Degrees of freedom of the test", "from 1", "104", heading="df"),
    "p_value": Field(
        DOUBLE,
        "Chance of a difference, or of a correlation, as large in either direction if there were none (two-sided)",
        "0 to 1",
        "0.0021",
        heading="p",
        is_headline=True,
    ),
    "p_greater": Field(
        DOUBLE, "Chance of a right side as much larger if there were no difference (one-sided)", "0 to 1", "0.0011"
    ),
    "p_bonferroni": Field(
        DOUBLE,
        "The p of the row (p_one_sided where there is one, else p_value) times the tests of its family, at most 1",
        "0 to 1",
        "0.042",
        heading="p Bonferroni",
    ),
    "p_holm": Field(
        DOUBLE,
        "The p of the row (p_one_sided where there is one, else p_value) corrected for the tests of its family "
        "(Holm 1979)",
        "0 to 1",
        "0.031",
        heading="p Holm",
    ),
    "p_benjamini_hochberg": Field(
        DOUBLE,
        "The p of the row (p_one_sided where there is one, else p_value) corrected for the share of false findings "
        "(1995)",
        "0 to 1",
        "0.012",
        heading="p B.-Hochberg",
    ),
}
