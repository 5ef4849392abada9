"""Other fits beside least squares on all heads, and nulls."""

from warehouse.schema.fields.field import DOUBLE, INT, TEXT, Field

FIELDS: dict[str, Field] = {
    "variant": Field(
        TEXT,
        "Another fit of readers by a layer's attention: head_averaged, head_averaged_ridge, ridge, renormalised",
        example="ridge",
    ),
    "fitted": Field(
        TEXT,
        "What the readers are fitted by: heads (all of the layer), set (of predictors), or joint (both side by side)",
        example="joint",
        heading="fitted by",
    ),
    "penalty": Field(
        DOUBLE,
        "Penalty on the squared coefficients of standardised columns, chosen inside the folds: geometric mean over "
        "held-out articles, and over readers where it is one of a group",
        "from 0",
        "622.5",
    ),
    "penalty_end_count": Field(
        INT,
        "Held-out articles whose best penalty is at an end of the path: a longer path may have a better one",
        "articles; of a group, readers and articles",
        "0",
        heading="penalties at an end",
    ),
    "exchanged_r2": Field(
        DOUBLE,
        "r2 with the attention of other sentences of the same number of words, mean over draws: what position alone "
        "gives these heads",
        "R2, 0 to 1",
        "0.0514",
        heading="exchanged R2",
        is_headline=True,
    ),
    "exchanged_r2_sd": Field(DOUBLE, "Standard deviation of exchanged_r2 over draws", "R2, from 0", "0.0005"),
    "exchanged_r2_most": Field(DOUBLE, "Largest exchanged_r2 of a draw", "R2, 0 to 1", "0.0525"),
    "exchanged_cv_r2": Field(
        DOUBLE,
        "cv_r2 with the attention of other sentences of the same number of words, mean over draws",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.0441",
        heading="exchanged cross-val. R2",
    ),
    "exchanged_cv_r2_sd": Field(DOUBLE, "Standard deviation of exchanged_cv_r2 over draws", "R2, from 0", "0.0005"),
    "exchanged_p": Field(
        DOUBLE,
        "Share of draws that reach the observed r2, which counts as one of them",
        "0 to 1",
        "0.0099",
        heading="p exchanged",
    ),
    "exchanged_share": Field(
        DOUBLE,
        "exchanged_r2 over r2: the share of what a layer explains that position alone gives",
        "ratio, from 0",
        "0.92",
        heading="position alone %",
        is_headline=True,
    ),
    "exchanged_cv_share": Field(
        DOUBLE,
        "exchanged_cv_r2 over cv_r2; null where that is not above 0",
        "ratio; below 0 where held-out R2 is",
        "0.91",
    ),
    "exchanged_sentence_count": Field(
        INT,
        "Sentences that share their number of words with another one; the others keep their attention",
        "sentences",
        "147",
    ),
    "d2": Field(
        DOUBLE,
        "Share of the deviance of the reader's mean that Poisson regression explains, in-sample: 1 - D(fit)/D(mean)",
        "D2, 0 to 1",
        "0.1296",
        heading="D2",
        is_headline=True,
    ),
    "d2_se": Field(DOUBLE, "Standard error of d2 over readers", "D2, from 0", "0.0063"),
    "cv_d2": Field(
        DOUBLE,
        "D2 of held-out articles: deviances summed over articles, with the mean of the training articles as the null",
        "D2, at most 1; below 0 where it predicts worse than the mean",
        "0.1106",
        heading="cross-val. D2",
        is_headline=True,
    ),
    "dispersion": Field(
        DOUBLE,
        "Pearson's chi-square over its degrees of freedom, cells - predictors - 1: above 1 counts vary more than "
        "Poisson counts would",
        "from 0, 1 is Poisson",
        "0.956",
    ),
    "mass_source": Field(
        TEXT,
        "Where the shares are from: tokens (kept beside the attention), or row sums (what published rows lack of 1)",
        example="tokens",
    ),
    "mean_sink_mass": Field(
        DOUBLE,
        "Share of attention that goes to the start token and to learned sinks, mean over words and heads",
        "0 to 1",
        "0.61",
    ),
    "least_sink_mass": Field(DOUBLE, "That share of the head with the least, mean over words", "0 to 1", "0.02"),
    "most_sink_mass": Field(DOUBLE, "That share of the head with the most, mean over words", "0 to 1", "0.99"),
    "mean_outside_mass": Field(
        DOUBLE,
        "Share of attention that goes to the prefix and to other special tokens, mean over words and heads; null where "
        "it is not told from the start token's",
        "0 to 1",
        "0.12",
    ),
    "draw_count": Field(INT, "Draws of exchanged sentences", "draws", "100"),
}
