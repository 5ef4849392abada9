"""What resemblance is worth: corrections, intervals, tests and fits."""

from warehouse.schema.fields.field import BOOL, DOUBLE, INT, SMALL, SMALLS, TEXT, Field

FIELDS: dict[str, Field] = {
    "random_r2": Field(DOUBLE, "In-sample r2 expected of as many random predictors: rank/(n - 1)", example="0.0022"),
    "r2_above_random": Field(DOUBLE, "r2 minus random_r2", example="0.0541"),
    "sentence_cv_r2": Field(
        DOUBLE, "R2 with each sentence held out in turn: 1 - SSE/SST pooled; may be negative", example="0.0492"
    ),
    "matched_head_count": Field(SMALL, "Heads of the smallest model, which every model is cut to", example="20"),
    "matched_r2": Field(DOUBLE, "Mean r2 of random subsets of matched_head_count heads", example="0.0511"),
    "matched_r2_sd": Field(DOUBLE, "Standard deviation of that r2 over the subsets", example="0.0014"),
    "subset_count": Field(INT, "Random subsets of heads", example="100"),
    "component_r2": Field(
        DOUBLE, "r2 of the first matched_head_count principal components of the heads", example="0.0498"
    ),
    "matched_resemblance": Field(
        DOUBLE, "matched_r2 divided by the group-mean ceiling", example="0.29", heading="equal heads %"
    ),
    "component_resemblance": Field(DOUBLE, "component_r2 divided by the group-mean ceiling", example="0.28"),
    "split_half_ceiling": Field(
        DOUBLE, "Noise ceiling from the mean of the half that the reader is not in", example="0.1310"
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
    "estimate": Field(DOUBLE, "The statistic on all readers and sentences", example="0.0563"),
    "interval_low": Field(
        DOUBLE,
        "Lower end of the 95 % bootstrap interval, moved by the median bias of the draws",
        example="0.0481",
        heading="95 % from",
    ),
    "interval_high": Field(
        DOUBLE,
        "Upper end of the 95 % bootstrap interval, moved by the median bias of the draws",
        example="0.0652",
        heading="95 % to",
    ),
    "bootstrap_bias": Field(
        DOUBLE, "Median of the draws minus the estimate: refits follow sentences drawn twice", example="0.0011"
    ),
    "resample_count": Field(INT, "Bootstrap draws", example="1000"),
    "choice_r2": Field(
        DOUBLE,
        "Cross-validated R2 within the other articles (in ten groups at most): what a choice without it goes by",
        example="0.0485",
    ),
    "held_out_error": Field(
        DOUBLE,
        "Squared error on the article over the squares of all articles, mean over readers; 1 - sum is cv_r2",
        example="0.19",
    ),
    "chosen_layers": Field(SMALLS, "Layer chosen without each article or reader, in their order", example="{3,3,4}"),
    "nested_cv_r2": Field(DOUBLE, "cv_r2 where the layer is chosen without the held-out article", example="0.0471"),
    "nested_resemblance": Field(DOUBLE, "nested_cv_r2 divided by the leave-one-out ceiling", example="0.3216"),
    "reader_nested_r2": Field(DOUBLE, "Mean r2 where each reader's layer is chosen by the others", example="0.0561"),
    "base_model": Field(
        TEXT, "Name of the model that the tuned one was tuned from", example="llama-7b", heading="base"
    ),
    "alternative": Field(
        TEXT, "Direction that the test looks in: higher or lower than the base", example="lower", heading="tuned is"
    ),
    "p_one_sided": Field(
        DOUBLE,
        "Chance of a difference as large in the direction looked in, if there were none",
        example="0.0004",
        heading="p one-sided",
    ),
    "test_count": Field(INT, "Tests of the family that p is corrected for", example="128"),
    "is_significant": Field(BOOL, "p_bonferroni below 0.05", example="true"),
    "higher_count": Field(INT, "Layers significantly higher than the base model's", example="3", heading="higher"),
    "lower_count": Field(INT, "Layers significantly lower than the base model's", example="4", heading="lower"),
    "higher_layers": Field(
        SMALLS,
        "Layers significantly higher than the base model's, counted from 0",
        example="{1,2,5}",
        heading="higher in",
    ),
    "lower_layers": Field(
        SMALLS,
        "Layers significantly lower than the base model's, counted from 0",
        example="{20,21}",
        heading="lower in",
    ),
    "significant_count": Field(
        INT, "Layers where the right group is significantly higher", example="32", heading="right higher"
    ),
    "significant_layers": Field(SMALLS, "Those layers, counted from 0", example="{0,1,2}"),
    "score_kind": Field(
        TEXT,
        "Which score of the best layer: resemblance, adjusted_resemblance, cv_resemblance",
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
    "model_count": Field(INT, "Models in the fit", example="9", heading="models"),
    "slope": Field(DOUBLE, "Change of the score per unit of the predictor", example="-1.9"),
    "intercept": Field(DOUBLE, "Score where the predictor is 0", example="0.98"),
    "pearson_r": Field(DOUBLE, "Pearson's correlation", example="-0.8752", heading="r"),
    "residual_sd": Field(DOUBLE, "Standard deviation of the residuals, n - 2 degrees of freedom", example="0.04"),
    "parameter_billions": Field(DOUBLE, "Number of parameters", "billions", "6.7", heading="billions"),
    "predicted": Field(DOUBLE, "Score on the line", example="0.693"),
    "band_low": Field(DOUBLE, "Lower end of the line's 95 % confidence band", example="0.61", heading="band from"),
    "band_high": Field(DOUBLE, "Upper end of the line's 95 % confidence band", example="0.77", heading="band to"),
    "is_extrapolation": Field(
        BOOL, "True where the size lies outside the models that were fitted", example="true", heading="extrapolation"
    ),
    "loss": Field(DOUBLE, "Next-token loss per token and per length; see loss_source", "nats", "0.2408"),
    "loss_source": Field(
        TEXT, "Where the loss is from: computed here, or a publication", example="Gao et al. 2023, Table 1"
    ),
}
