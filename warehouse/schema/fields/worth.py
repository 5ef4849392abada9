"""What resemblance is worth: corrections, intervals, tests and fits."""

from warehouse.schema.fields.field import BOOL, DOUBLE, INT, SMALL, SMALLS, TEXT, Field

FIELDS: dict[str, Field] = {
    "random_r2": Field(
        DOUBLE, "In-sample r2 expected of as many random predictors: rank/(n - 1)", "R2, 0 to 1", "0.0022"
    ),
    "r2_above_random": Field(DOUBLE, "r2 minus random_r2", "R2, -1 to 1", "0.0541"),
    "sentence_cv_r2": Field(
        DOUBLE,
        "R2 with each sentence held out in turn: 1 - SSE/SST pooled, SST about the mean of the other sentences",
        "R2, at most 1; below 0 where it predicts worse than the mean",
        "0.0492",
    ),
    "matched_head_count": Field(SMALL, "Heads of the smallest model, which every model is cut to", "heads", "20"),
    "matched_r2": Field(DOUBLE, "Mean r2 of random subsets of matched_head_count heads", "R2, 0 to 1", "0.0511"),
    "matched_r2_sd": Field(DOUBLE, "Standard deviation of that r2 over the subsets", "R2, from 0", "0.0014"),
    "subset_count": Field(INT, "Random subsets of heads", "subsets", "100"),
    "component_r2": Field(
        DOUBLE, "r2 of the first matched_head_count principal components of the heads", "R2, 0 to 1", "0.0498"
    ),
    "matched_resemblance": Field(
        DOUBLE,
        "matched_r2 divided by the group-mean ceiling",
        "ratio, 1 is the ceiling",
        "0.29",
        heading="equal heads %",
    ),
    "component_resemblance": Field(
        DOUBLE, "component_r2 divided by the group-mean ceiling", "ratio, 1 is the ceiling", "0.28"
    ),
    "split_half_ceiling": Field(
        DOUBLE, "Noise ceiling from the mean of the half that the reader is not in", "R2, 0 to 1", "0.1310"
    ),
    "statistic": Field(
        TEXT,
        "What the interval is of: r2, or resemblance (mean r2 over the ceiling drawn alike)",
        example="r2",
        heading="of",
    ),
    "cluster_kind": Field(
        TEXT, "What was drawn with replacement: reader, sentence, or both", example="sentence", heading="drawn"
    ),
    "estimate": Field(
        DOUBLE, "The statistic on all readers and sentences", "R2, or ratio to the ceiling", "0.0563", is_headline=True
    ),
    "interval_low": Field(
        DOUBLE,
        "Lower end of the 95 % bootstrap interval, in the unit of the value beside it. Where sentences are drawn "
        "and the fit made again it is reflected about the estimate, 2 t - q97.5, and may lie above it; over readers "
        "alone it is the percentile",
        "as the value beside it",
        "0.0481",
        heading="95 % from",
        is_headline=True,
    ),
    "interval_high": Field(
        DOUBLE,
        "Upper end of the 95 % bootstrap interval, in the unit of the value beside it. Where sentences are drawn "
        "and the fit made again it is reflected about the estimate, 2 t - q2.5, and may lie below it; over readers "
        "alone it is the percentile",
        "as the value beside it",
        "0.0652",
        heading="95 % to",
        is_headline=True,
    ),
    "bootstrap_bias": Field(
        DOUBLE,
        "Median of the draws minus the estimate: refits follow sentences drawn twice, as the fit follows those read",
        "as the estimate",
        "0.0011",
    ),
    "bias_corrected": Field(DOUBLE, "The estimate minus bootstrap_bias", "as the estimate", "0.0552"),
    "resample_count": Field(INT, "Bootstrap draws", "draws", "1000"),
    "r_low": Field(DOUBLE, "Lower end of the 95 % interval of pearson_r (Fisher's z)", "-1 to 1", "-0.98"),
    "r_high": Field(DOUBLE, "Upper end of the 95 % interval of pearson_r (Fisher's z)", "-1 to 1", "-0.50"),
    "prediction_low": Field(
        DOUBLE,
        "Lower end of the 95 % prediction interval: where one new model of that size is expected",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.52",
        is_headline=True,
    ),
    "prediction_high": Field(
        DOUBLE,
        "Upper end of the 95 % prediction interval: where one new model of that size is expected",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.86",
        is_headline=True,
    ),
    "base_model": Field(
        TEXT, "Name of the model that the tuned one was tuned from", example="llama-7b", heading="base"
    ),
    "alternative": Field(
        TEXT, "Direction that the test looks in: higher or lower than the base", example="lower", heading="tuned is"
    ),
    "p_one_sided": Field(
        DOUBLE,
        "Chance of a difference as large in the direction looked in, if there were none",
        "0 to 1",
        "0.0004",
        heading="p one-sided",
        is_headline=True,
    ),
    "test_count": Field(INT, "Tests of the family that p is corrected for", "tests", "128"),
    "is_significant": Field(BOOL, "p_bonferroni below 0.05", example="true", is_headline=True),
    "higher_count": Field(
        INT, "Layers significantly higher than the base model's", "layers", "3", heading="higher", is_headline=True
    ),
    "lower_count": Field(
        INT, "Layers significantly lower than the base model's", "layers", "4", heading="lower", is_headline=True
    ),
    "higher_layers": Field(
        SMALLS,
        "Layers significantly higher than the base model's, counted from 0",
        "from 0",
        "{1,2,5}",
        heading="higher in",
        is_headline=True,
    ),
    "lower_layers": Field(
        SMALLS,
        "Layers significantly lower than the base model's, counted from 0",
        "from 0",
        "{20,21}",
        heading="lower in",
        is_headline=True,
    ),
    "significant_count": Field(
        INT,
        "Layers where the right group is significantly higher",
        "layers",
        "32",
        heading="right higher",
        is_headline=True,
    ),
    "resemblance_difference": Field(
        DOUBLE, "Right group's mean r2 over its ceiling, less that of the left group", "ratio, any sign", "0.0533"
    ),
    "p_resemblance": Field(
        DOUBLE,
        "p of resemblance_difference (one-sided: the right group is higher), Bonferroni correction over layers",
        "0 to 1",
        "0.31",
    ),
    "significant_over_ceiling_count": Field(
        INT,
        "Layers where the right group is significantly higher once each group is divided by its own ceiling",
        "layers",
        "0",
        heading="right higher over ceiling",
    ),
    "significant_layers": Field(SMALLS, "Those layers, counted from 0", "from 0", "{0,1,2}", is_headline=True),
    "score_kind": Field(
        TEXT,
        "Which score: resemblance, adjusted_resemblance, cv_resemblance of the in-sample best layer; "
        "nested_resemblance; unique_resemblance, what heads add to baseline47 on held-out articles (of both, the layer "
        "is chosen on other articles)",
        example="resemblance",
        heading="score",
    ),
    "model_choice": Field(
        TEXT,
        "Models in the fit: all, or word-aligned (without not_word_aligned)",
        example="all",
        heading="models in it",
    ),
    "predictor": Field(
        TEXT, "What the score is fitted on: loss, or log_parameter_count (ln of billions)", example="loss", heading="on"
    ),
    "model_count": Field(
        INT, "Models in the fit, or tuned models in the mean", "models", "9", heading="models", is_headline=True
    ),
    "slope": Field(
        DOUBLE,
        "Change of the score per unit of the predictor: per nat of loss, or per factor e (2.718) of parameters",
        "score per nat of loss, or per factor e of size",
        "-1.9",
    ),
    "intercept": Field(
        DOUBLE,
        "Score where the predictor is 0: at a loss of 0 nats, or at one billion parameters",
        "score at a loss of 0, or at a billion parameters",
        "0.98",
    ),
    "pearson_r": Field(DOUBLE, "Pearson's correlation", "-1 to 1", "-0.8752", heading="r", is_headline=True),
    "residual_sd": Field(
        DOUBLE, "Standard deviation of the residuals, n - 2 degrees of freedom", "as the score, from 0", "0.04"
    ),
    "parameter_billions": Field(DOUBLE, "Number of parameters", "billions", "6.7", heading="billions"),
    "predicted": Field(
        DOUBLE, "Score on the line", "ratio, 1 is the ceiling; below 0 where held-out R2 is", "0.693", is_headline=True
    ),
    "band_low": Field(
        DOUBLE,
        "Lower end of the 95 % confidence band of the mean of models of that size, not of one model",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.61",
        heading="band from",
    ),
    "band_high": Field(
        DOUBLE,
        "Upper end of the 95 % confidence band of the mean of models of that size, not of one model",
        "ratio, 1 is the ceiling; below 0 where held-out R2 is",
        "0.77",
        heading="band to",
    ),
    "is_extrapolation": Field(
        BOOL, "True where the size lies outside the models that were fitted", example="true", heading="extrapolation"
    ),
    "loss": Field(
        DOUBLE,
        "Next-token loss: negative log-likelihood of a token, mean over tokens, divided once more by their number, "
        "as the paper does; see loss_source",
        "nats",
        "0.2408",
    ),
    "loss_source": Field(
        TEXT, "Where the loss is from: computed here, or a publication", example="Gao et al. 2023, Table 1"
    ),
}
