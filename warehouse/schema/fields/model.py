"""Models, conditions, extractions and attention."""

from warehouse.schema.fields.field import (
    BIG,
    BOOL,
    BYTES,
    DOUBLE,
    DOUBLES,
    INT,
    JSON,
    REALS,
    SMALL,
    SMALLS,
    TEXT,
    TIME,
    Field,
)

FIELDS: dict[str, Field] = {
    "language_model_id": Field(INT, "Surrogate id of the language model", example="1"),
    "model": Field(TEXT, "Name of the language model", example="llama-7b"),
    "revision": Field(TEXT, "Revision of the weights; null where unknown", example="main"),
    "family": Field(TEXT, "Architecture family", example="llama"),
    "stage": Field(
        TEXT, "untrained, pretrained, or tuned (instruction tuning or any later training)", example="pretrained"
    ),
    "base_model_id": Field(INT, "Model that a tuned one was tuned from; null for a pretrained one", example="2"),
    "parameter_count": Field(BIG, "Number of parameters", "parameters", "774030080", heading="parameters"),
    "layer_count": Field(SMALL, "Layers of the model", "layers", "36"),
    "head_count": Field(SMALL, "Attention heads of a layer", "heads", "20"),
    "condition_id": Field(SMALL, "Surrogate id of the condition", example="1"),
    "condition": Field(TEXT, "What stood around the sentence when the model read it", example="plain"),
    "prefix": Field(
        TEXT,
        "Text put before each sentence, joined by a space; empty for plain text",
        example="Please translate this sentence into German:",
    ),
    "suffix": Field(TEXT, "Text put after each sentence, joined by a space; empty for none", example="Answer:"),
    "is_spaced": Field(BOOL, "Whether a space joins prefix and suffix to the sentence", example="true"),
    "is_chat": Field(
        BOOL, "Whether all of it was a user's turn in the chat template of the model's tokenizer", example="false"
    ),
    "system_text": Field(TEXT, "The system's turn before it in the chat template; empty for none", example="Be brief."),
    "adds_start": Field(
        BOOL,
        "Whether a start token was put first where the tokenizer adds none; its share is sink_mass",
        example="false",
    ),
    "context": Field(
        TEXT,
        "What else of its text stood around each sentence: the previous-sentences of its article, all of its page, or "
        "nothing; what words attend to there is outside_mass",
        example="previous-sentences",
    ),
    "extraction_id": Field(
        INT, "One taking of attention: a model over a corpus under a condition by a method", example="4"
    ),
    "method": Field(TEXT, "How attention was taken: raw weights, or a method derived from them", example="raw"),
    "alignment": Field(TEXT, "How tokens became words: word, or as published", example="word"),
    "dtype": Field(TEXT, "Floating-point type in which the weights were delivered", example="float32"),
    "layers": Field(SMALLS, "Layers held, counted from 0", "from 0", "{20,21,22}"),
    "extraction_status": Field(
        TEXT, "loading, complete, or retired by a newer one; only complete is seen", example="complete"
    ),
    "kept": Field(
        TEXT, "What is kept of its attention: cells, sums over them, or both; analyses read cells first", example="sums"
    ),
    "summed_by": Field(
        TEXT,
        "What sums with readers are over: a sentence, or an article as a whole; null where cells only are kept",
        example="article",
    ),
    "stored_as": Field(
        TEXT,
        "How the weights of its cells are stored: single, or half, which holds those of a float16 source exactly",
        example="half",
    ),
    "attestation": Field(
        JSON, "What was checked of the extraction, with the figures found", example='{"sentences": 148}'
    ),
    "completed_at": Field(TIME, "When the extraction became visible", example="2023-12-06 09:00:12+00"),
    "layer": Field(SMALL, "Layer of the model, counted from 0", "from 0", "3"),
    "head": Field(SMALL, "Attention head within the layer, counted from 0", "from 0", "11"),
    "weights": Field(
        REALS,
        "Attention weight of every head from word to word (sum over tokens looked at, mean over tokens that look); "
        "weights[head + 1]",
        "0 to 1",
        "{0.12,0.03}",
    ),
    "half_weights": Field(
        BYTES,
        "The same weights as IEEE 754 half-precision numbers, the high byte first, where they are stored as half; "
        "fn.half_weight and fn.single_weights read them",
        "0 to 1",
        r"\x2fae27ae",
    ),
    "head_products": Field(
        DOUBLES,
        "Sums over the sentence's word pairs (looking back or at the word itself) of the products of 1 and the heads' "
        "weights with each other: the upper triangle, row by row, so that the first is the number of pairs",
        "sums",
        "{10,1.2,0.9}",
    ),
    "reader_products": Field(
        DOUBLES,
        "Sums over the same word pairs of the products of 1 and the heads' weights with the reader's values",
        "those of the values",
        "{7,0.8}",
    ),
    "predictor_number": Field(
        SMALL, "Which of the predictors that an extraction's sums are formed with, counted from 0", "from 0", "3"
    ),
    "predictor_products": Field(
        DOUBLES,
        "Sums over the same word pairs of the products of 1 and the heads' weights with the predictor's values",
        "those of the values",
        "{4,0.5}",
    ),
    "values_digest": Field(
        TEXT,
        "SHA-256 of the reader's or predictor's values when they were summed; sums of other values are stale",
        example="9f2c...",
    ),
    "sink_mass": Field(
        REALS,
        "Share of each head's attention that went to the first special token and to learned sinks; sink_mass[head + 1]",
        "0 to 1",
        "{0.61,0.02}",
    ),
    "outside_mass": Field(
        REALS,
        "Share of each head's attention that went to what stands around the sentence and to further special tokens",
        "0 to 1",
        "{0,0}",
    ),
    "weight_sums": Field(
        DOUBLES,
        "What each head's attention gave to words, summed over the words that gave it; weight_sums[head + 1]",
        "words",
        "{597.1,1502.8}",
    ),
    "sink_sums": Field(
        DOUBLES, "Sum of sink_mass over words, by head; empty where tokens were not kept", "words", "{934.5,30.6}"
    ),
    "outside_sums": Field(
        DOUBLES, "Sum of outside_mass over words, by head; empty where tokens were not kept", "words", "{0,0}"
    ),
    "loss_sum_nats": Field(
        DOUBLE, "Negative log-likelihood summed over the sentence's own predicted tokens", "nats", "34.1"
    ),
    "predicted_token_count": Field(SMALL, "Tokens of the sentence that something precedes", "tokens", "11"),
    "token_count": Field(SMALL, "Tokens that the model read, special ones and the prefix included", "tokens", "12"),
    "loss_mean_nats": Field(DOUBLE, "loss_sum_nats divided by predicted_token_count", "nats", "3.1"),
    "loss_per_token_per_length": Field(
        DOUBLE, "loss_mean_nats divided once more by token_count: what the loss in Gao et al. (2023) is", "nats", "0.24"
    ),
    "surprisal_bits": Field(
        DOUBLE,
        "Negative log2 probability of the word given what precedes, its end included (Pimentel & Meister 2024)",
        "bits",
        "7.3",
    ),
    "uncorrected_surprisal_bits": Field(DOUBLE, "Negative log2 probability of the word's tokens alone", "bits", "7.1"),
}
