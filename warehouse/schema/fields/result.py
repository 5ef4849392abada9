"""What was computed."""

from warehouse.schema.fields.field import DOUBLE, INT, JSON, SMALL, SMALLS, TEXT, Field

FIELDS: dict[str, Field] = {
    "r2": Field(
        DOUBLE, "Share of variance explained, in-sample, least squares with intercept", example="0.0563", heading="R2"
    ),
    "adjusted_r2": Field(DOUBLE, "1 - (1 - r2)(n - 1)/(n - rank - 1)", example="0.0541", heading="adjusted R2"),
    "cv_r2": Field(
        DOUBLE,
        "Leave-one-article-out R2: 1 - SSE/SST pooled over held-out articles; may be negative",
        example="0.0480",
        heading="cross-val. R2",
    ),
    "cell_count": Field(
        INT, "Word pairs in the regression (n): lower triangles with diagonal", example="8953", heading="cells"
    ),
    "predictor_count": Field(INT, "Predictors offered to the regression (heads)", example="20", heading="heads"),
    "rank": Field(INT, "Rank of the centred predictors; below predictor_count they are dependent", example="20"),
    "condition_number": Field(
        DOUBLE, "Largest over smallest singular value of the centred predictors at unit norm", example="41.7"
    ),
    "cell_value": Field(DOUBLE, "Value of the human measure at the word pair, in the measure's unit", example="2"),
    "ceiling_kind": Field(
        TEXT,
        "group_mean (the paper's, contains the reader), leave_one_out or split_half",
        example="group_mean",
        heading="kind",
    ),
    "ceiling": Field(DOUBLE, "Noise ceiling: mean R2 of predicting a reader by the group's mean", example="0.1772"),
    "standard_error": Field(
        DOUBLE, "Standard error of the mean, over readers or over heads", example="0.0093", heading="SE"
    ),
    "subject_count": Field(INT, "Readers in the mean, exclusions left out", example="51", heading="readers"),
    "missing_because": Field(
        TEXT, "Why a number is missing; null where it is there", example="a single reader makes no ceiling"
    ),
    "leave_out": Field(JSON, "Labels of sentences left out on request", example='["t.03.16"]', heading="left out"),
    "resemblance": Field(
        DOUBLE,
        "Mean r2 over readers divided by the group-mean ceiling (the paper's, as a ratio)",
        example="0.3174",
        heading="R2/ceiling %",
    ),
    "adjusted_resemblance": Field(
        DOUBLE,
        "Mean adjusted_r2 over readers divided by the group-mean ceiling",
        example="0.3055",
        heading="adjusted %",
    ),
    "cv_resemblance": Field(
        DOUBLE, "Mean cv_r2 over readers divided by the leave-one-out ceiling", example="0.3268", heading="cross-val. %"
    ),
    "leave_one_out_ceiling": Field(
        DOUBLE, "Noise ceiling without the reader in the mean", example="0.1465", heading="leave-one-out ceiling"
    ),
    "best_layer": Field(SMALL, "Layer with the highest mean r2, chosen in-sample as the paper does", example="3"),
    "layer_total": Field(INT, "Layers compared", example="36", heading="layers"),
    "pooled_r2": Field(
        DOUBLE,
        "Explained variance of all heads of the layer over their total variance",
        example="0.21",
        heading="pooled R2",
    ),
    "least_r2": Field(DOUBLE, "Smallest r2 among the readers of the group", example="0.0049", heading="least R2"),
    "most_r2": Field(DOUBLE, "Largest r2 among the readers of the group", example="0.1435", heading="most R2"),
    "left_group": Field(TEXT, "Group of readers that the other one is compared with", example="L1"),
    "right_group": Field(TEXT, "Group of readers compared with left_group", example="L2"),
    "left_r2": Field(DOUBLE, "Mean r2 on the left side of the comparison", example="0.0479", heading="left R2"),
    "right_r2": Field(DOUBLE, "Mean r2 on the right side of the comparison", example="0.0896", heading="right R2"),
    "r2_difference": Field(DOUBLE, "right_r2 minus left_r2", example="0.0417", heading="difference"),
    "left_count": Field(INT, "Values averaged on the left side", example="51"),
    "right_count": Field(INT, "Values averaged on the right side", example="55"),
    "comparison": Field(TEXT, "What sets the two models apart: scale, tuning, instruction, reference", example="scale"),
    "left_extraction_id": Field(
        INT, "Extraction on the left side of the comparison: the smaller or the base model", example="4"
    ),
    "right_extraction_id": Field(
        INT, "Extraction on the right side of the comparison: the larger or the tuned model", example="5"
    ),
    "quarter": Field(SMALL, "Quarter of the model's layers, counted from 0: 4 layer / layer_count", example="3"),
    "test_kind": Field(TEXT, "paired or independent (equal variances) t-test", example="paired"),
    "t_statistic": Field(
        DOUBLE,
        "Student's t; positive where the right side, or the divergence that is tested, is larger",
        example="6.4625",
        heading="t",
    ),
    "degrees_of_freedom": Field(INT, "Degrees of freedom of the test", example="104", heading="df"),
    "p_value": Field(
        DOUBLE,
        "Chance of a difference as large in either direction if there were none (two-sided)",
        example="0.0021",
        heading="p",
    ),
    "p_greater": Field(
        DOUBLE, "Chance of a right side as much larger if there were no difference (one-sided)", example="0.0011"
    ),
    "p_bonferroni": Field(
        DOUBLE, "p_value times the number of tests of its family", example="0.042", heading="p Bonferroni"
    ),
    "p_holm": Field(
        DOUBLE, "p_value corrected for the number of tests of its family (Holm 1979)", example="0.031", heading="p Holm"
    ),
    "p_benjamini_hochberg": Field(
        DOUBLE,
        "p_value corrected for the share of false findings in its family (1995)",
        example="0.012",
        heading="p B.-Hochberg",
    ),
    "left_model_id": Field(INT, "Model on the left side of the comparison; see model.language_model", example="1"),
    "right_model_id": Field(INT, "Model on the right side of the comparison; see model.language_model", example="2"),
    "left_model": Field(TEXT, "Name of the model on the left side of the comparison", example="llama-7b"),
    "right_model": Field(TEXT, "Name of the model on the right side of the comparison", example="llama-13b"),
    "left_condition": Field(TEXT, "Condition of the extraction on the left side", example="plain"),
    "right_condition": Field(TEXT, "Condition of the extraction on the right side", example="translate"),
    "left_digest": Field(
        TEXT, "SHA-256 over what the extraction on the left side was made of, hex", example="27a04be1..."
    ),
    "right_digest": Field(
        TEXT, "SHA-256 over what the extraction on the right side was made of, hex", example="c81fd003..."
    ),
    "left_layers": Field(
        SMALLS, "Layers that the extraction on the left side holds, counted from 0", example="{0,1,2}"
    ),
    "right_layers": Field(
        SMALLS, "Layers that the extraction on the right side holds, counted from 0", example="{0,1,2}"
    ),
    "left_layer_count": Field(SMALL, "Layers of the model on the left side", example="32"),
    "right_layer_count": Field(SMALL, "Layers of the model on the right side", example="40"),
    "left_head_count": Field(SMALL, "Attention heads of a layer of the model on the left side", example="32"),
    "right_head_count": Field(SMALL, "Attention heads of a layer of the model on the right side", example="40"),
    "depth_kind": Field(
        TEXT, "layer, for models of equal depth, or quarter of the layers", example="quarter", heading="by"
    ),
    "depth": Field(
        SMALL, "The layer or quarter compared, counted from 0; a layer's quarter is 4 layer / layer_count", example="3"
    ),
    "js_nats": Field(
        DOUBLE,
        "Jensen-Shannon divergence of the attention of a word, mean over words and heads; at most ln 2",
        "nats",
        example="0.0018",
        heading="JS",
    ),
    "js_head_averaged_nats": Field(
        DOUBLE,
        "Jensen-Shannon divergence of the attention averaged over heads",
        "nats",
        example="0.0009",
        heading="JS of mean head",
    ),
    "jeffreys_nats": Field(
        DOUBLE,
        "Half the symmetrised Kullback-Leibler divergence, summed over words, mean over heads; infinite rows left out",
        "nats",
        example="0.0072",
        heading="Jeffreys",
    ),
    "jeffreys_infinite_count": Field(
        INT,
        "Rows (words by heads) where jeffreys_nats is infinite: one side has a zero where the other has none",
        example="0",
        heading="infinite",
    ),
    "jeffreys_head_averaged_nats": Field(
        DOUBLE, "The same as jeffreys_nats of attention averaged over heads", "nats", example="0.0036"
    ),
    "jeffreys_head_averaged_infinite_count": Field(
        INT, "Rows where jeffreys_head_averaged_nats is infinite", example="0"
    ),
    "zero_row_count": Field(
        INT,
        "Rows (words by heads) left out of the divergences by head, since one side is all zero there",
        example="0",
        heading="rows of zeros",
    ),
    "head_averaged_zero_row_count": Field(
        INT, "Rows left out of the divergences of attention averaged over heads: one side is all zero", example="0"
    ),
    "js_standard_error_nats": Field(
        DOUBLE, "Standard error of js_nats over sentences", "nats", example="0.0001", heading="SE of JS"
    ),
    "js_head_averaged_standard_error_nats": Field(
        DOUBLE,
        "Standard error of js_head_averaged_nats over sentences",
        "nats",
        example="0.0001",
        heading="SE of JS of mean head",
    ),
    "sentence_count": Field(
        INT, "Sentences: averaged, shown to the reader, or of the corpus", example="148", heading="sentences"
    ),
    "divergence_kind": Field(
        TEXT, "Divergence that is tested: js_nats or js_head_averaged_nats", example="js_nats", heading="divergence"
    ),
    "against": Field(
        TEXT,
        "What a divergence is tested against: reference (pair of models), noise (the control), base (model)",
        example="reference",
    ),
    "reference_comparison": Field(TEXT, "Comparison of the pair that is tested against", example="reference"),
    "reference_left_extraction_id": Field(
        INT, "Left side of the pair of extractions that is tested against", example="6"
    ),
    "reference_right_extraction_id": Field(
        INT, "Right side of the pair of extractions that is tested against", example="7"
    ),
    "reference_left_model": Field(
        TEXT, "Left model of the pair that is tested against", example="vicuna-13b-v0", heading="reference left"
    ),
    "reference_right_model": Field(
        TEXT, "Right model of the pair that is tested against", example="vicuna-13b-v1.1", heading="reference right"
    ),
    "reference_right_condition": Field(
        TEXT, "Right condition of the pair that is tested against", example="noise", heading="reference condition"
    ),
    "mean_difference_nats": Field(
        DOUBLE,
        "Mean over sentences of the divergence minus the one it is tested against",
        "nats",
        example="0.0012",
        heading="mean difference",
    ),
}
