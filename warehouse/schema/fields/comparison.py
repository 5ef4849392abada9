"""Two models beside each other: who is compared, where, and how far their attention differs."""

from warehouse.schema.fields.field import DOUBLE, INT, SMALL, SMALLS, TEXT, Field

FIELDS: dict[str, Field] = {
    "comparison": Field(TEXT, "What sets the two models apart: scale, tuning, instruction, reference", example="scale"),
    "left_extraction_id": Field(
        INT, "Extraction on the left side of the comparison: the smaller or the base model", example="4"
    ),
    "right_extraction_id": Field(
        INT, "Extraction on the right side of the comparison: the larger or the tuned model", example="5"
    ),
    "quarter": Field(SMALL, "Quarter of the model's layers, counted from 0: 4 layer / layer_count", "0 to 3", "3"),
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
    "left_kept": Field(
        TEXT, "What is kept of the attention on the left side: cells, sums over them, or both", example="cells"
    ),
    "right_kept": Field(
        TEXT, "What is kept of the attention on the right side: cells, sums over them, or both", example="sums"
    ),
    "left_layers": Field(
        SMALLS, "Layers that the extraction on the left side holds, counted from 0", "from 0", "{0,1,2}"
    ),
    "right_layers": Field(
        SMALLS, "Layers that the extraction on the right side holds, counted from 0", "from 0", "{0,1,2}"
    ),
    "left_layer_count": Field(SMALL, "Layers of the model on the left side", "layers", "32"),
    "right_layer_count": Field(SMALL, "Layers of the model on the right side", "layers", "40"),
    "left_head_count": Field(SMALL, "Attention heads of a layer of the model on the left side", "heads", "32"),
    "right_head_count": Field(SMALL, "Attention heads of a layer of the model on the right side", "heads", "40"),
    "depth_kind": Field(
        TEXT, "layer, for models of equal depth, or quarter of the layers", example="quarter", heading="by"
    ),
    "depth": Field(
        SMALL,
        "The layer or quarter compared, counted from 0; a layer's quarter is 4 layer / layer_count",
        "from 0",
        "3",
    ),
    "js_nats": Field(
        DOUBLE,
        "Jensen-Shannon divergence of the attention of a word, mean over words and heads; at most ln 2",
        "nats",
        "0.0018",
        heading="JS",
        is_headline=True,
    ),
    "js_head_averaged_nats": Field(
        DOUBLE,
        "Jensen-Shannon divergence of the attention averaged over heads",
        "nats",
        "0.0009",
        heading="JS of mean head",
    ),
    "jeffreys_nats": Field(
        DOUBLE,
        "Half the symmetrised Kullback-Leibler divergence, summed over words, mean over heads; infinite rows left out",
        "nats",
        "0.0072",
        heading="Jeffreys",
    ),
    "jeffreys_infinite_count": Field(
        INT,
        "Rows (words by heads) where jeffreys_nats is infinite: one side has a zero where the other has none",
        "rows of attention",
        "0",
        heading="infinite",
    ),
    "jeffreys_head_averaged_nats": Field(
        DOUBLE, "The same as jeffreys_nats of attention averaged over heads", "nats", "0.0036"
    ),
    "jeffreys_head_averaged_infinite_count": Field(
        INT, "Rows where jeffreys_head_averaged_nats is infinite", "rows of attention", "0"
    ),
    "zero_row_count": Field(
        INT,
        "Rows (words by heads) left out of the divergences by head, since one side is all zero there",
        "rows of attention",
        "0",
        heading="rows of zeros",
    ),
    "head_averaged_zero_row_count": Field(
        INT,
        "Rows left out of the divergences of attention averaged over heads: one side is all zero",
        "rows of attention",
        "0",
    ),
    "js_standard_error_nats": Field(
        DOUBLE, "Standard error of js_nats over sentences", "nats", "0.0001", heading="SE of JS"
    ),
    "js_head_averaged_standard_error_nats": Field(
        DOUBLE,
        "Standard error of js_head_averaged_nats over sentences",
        "nats",
        "0.0001",
        heading="SE of JS of mean head",
    ),
    "sentence_count": Field(
        INT,
        "Sentences: averaged, shown to the reader, of the corpus, or that enough readers read; null where not counted",
        "sentences",
        "148",
        heading="sentences",
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
        "0.0012",
        heading="mean difference",
        is_headline=True,
    ),
}
