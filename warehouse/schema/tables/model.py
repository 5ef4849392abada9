"""What models attend to: models, conditions, extractions, and attention by word pair."""

from warehouse.declarations import Index
from warehouse.schema.tables.base import check, field, key, refers, surrogate, table, unique

language_model = table(
    "model",
    "language_model",
    "One row per language model.",
    surrogate("language_model_id"),
    field("model"),
    field("revision", null=True),
    field("family"),
    field("stage"),
    refers("base_model_id", "model.language_model.language_model_id", null=True),
    field("parameter_count", null=True),
    field("layer_count"),
    field("head_count"),
    unique("model"),
    check("stage", "stage IN ('untrained', 'pretrained', 'tuned')"),
    check("parameter_count", "parameter_count > 0"),
    check("layer_count", "layer_count > 0"),
    check("head_count", "head_count > 0"),
)

condition = table(
    "model",
    "condition",
    "What stood around each sentence when a model read it; a row more is a condition more.",
    surrogate("condition_id"),
    field("condition"),
    field("prefix"),
    field("description"),
    field("suffix", default="''"),
    field("is_spaced", default="true"),
    field("is_chat", default="false"),
    field("system_text", default="''"),
    field("adds_start", default="false"),
    field("context", default="''"),
    unique("condition"),
    check("system_text", "is_chat OR system_text = ''"),
    check("context", "context IN ('', 'previous-sentences', 'page')"),
)

extraction = table(
    "model",
    "extraction",
    "One row per taking of attention: model, condition, corpus and method. Slices and marts show complete ones only.",
    surrogate("extraction_id"),
    refers("language_model_id", "model.language_model"),
    refers("condition_id", "model.condition"),
    refers("corpus_id", "stimulus.corpus"),
    field("method"),
    field("alignment"),
    field("dtype"),
    field("is_causal"),
    field("layers"),
    field("extraction_status"),
    field("digest"),
    field("attestation", null=True),
    refers("run_id", "ops.run"),
    field("completed_at", null=True),
    field("kept", default="'cells'"),
    field("summed_by", null=True),
    field("stored_as", default="'single'"),
    check("stored_as", "stored_as IN ('single', 'half')"),
    check("kept", "kept IN ('cells', 'sums', 'both')"),
    check("summed_by", "summed_by IN ('article', 'sentence')"),
    check("sums", "(kept = 'cells') = (summed_by IS NULL)"),
    check("extraction_status", "extraction_status IN ('loading', 'complete', 'retired')"),
)

Index(
    "extraction_complete_key",
    extraction,
    "language_model_id",
    "condition_id",
    "corpus_id",
    "method",
    where="extraction_status = 'complete'",
)

attention = table(
    "model",
    "attention",
    "One row per extraction, layer and word pair, with the weights of all heads in one array (weights[head + 1]), or "
    "in half_weights where the extraction is stored as half; slice.layer_attention shows both alike. "
    "Partitioned by extraction; no foreign keys, since each unit's rows are verified once when it is loaded.",
    key("extraction_id"),
    key("layer"),
    key("sentence_id"),
    key("from_word"),
    key("to_word"),
    field("weights", null=True),
    field("half_weights", null=True),
    check("weights", "(weights IS NULL) <> (half_weights IS NULL)"),
    partition_by="LIST (extraction_id)",
)

head_sums = table(
    "model",
    "head_sums",
    "One row per extraction that keeps sums, layer and sentence: what every regression on the heads needs of it. No "
    "foreign keys, as for attention.",
    key("extraction_id"),
    key("layer"),
    key("sentence_id"),
    field("head_products"),
)

reader_sums = table(
    "model",
    "reader_sums",
    "One row per extraction that keeps sums, layer, sentence or article (by its first sentence), measure and reader; "
    "none where the reader's values are all 0 or were not read. No foreign keys, as for attention.",
    key("extraction_id"),
    key("layer"),
    key("sentence_id"),
    key("measure_id"),
    key("subject_id"),
    field("reader_products"),
)

predictor_sums = table(
    "model",
    "predictor_sums",
    "One row per extraction that keeps sums, layer, sentence or article (by its first sentence) and predictor or "
    "trivial pattern; none where its values are all 0. No foreign keys, as for attention.",
    key("extraction_id"),
    key("layer"),
    key("sentence_id"),
    key("predictor_number"),
    field("predictor_products"),
)

summed_reader = table(
    "model",
    "summed_reader",
    "One row per extraction that keeps sums, measure and reader whose values were summed with its heads.",
    refers("extraction_id", "model.extraction", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    field("values_digest"),
)

summed_predictor = table(
    "model",
    "summed_predictor",
    "One row per extraction that keeps sums and predictor, or trivial pattern, that was summed with its heads: known "
    "by its values, whatever it is called.",
    refers("extraction_id", "model.extraction", is_key=True),
    key("predictor_number"),
    field("values_digest"),
)

attention_sink = table(
    "model",
    "attention_sink",
    "One row per extraction, layer and word: what its attention gave to tokens that are not words of the sentence, by "
    "head. With the weights to the words it sums to 1. No foreign keys, as for attention.",
    key("extraction_id"),
    key("layer"),
    key("sentence_id"),
    key("from_word"),
    field("sink_mass"),
    field("outside_mass"),
)

layer_sink = table(
    "model",
    "layer_sink",
    "One row per extraction that keeps cells, and layer: what its attention_sink and weights sum to over words, by "
    "head, added up while they are loaded.",
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    field("word_total"),
    field("weight_sums"),
    field("sink_sums"),
    field("outside_sums"),
)

sentence_loss = table(
    "model",
    "sentence_loss",
    "One row per extraction (raw, causal models) and sentence: how well the model predicts its tokens.",
    refers("extraction_id", "model.extraction", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    field("loss_sum_nats"),
    field("predicted_token_count"),
    field("token_count"),
    field("loss_mean_nats"),
    field("loss_per_token_per_length"),
    check("predicted_token_count", "predicted_token_count > 0 AND predicted_token_count <= token_count"),
)

word_surprisal = table(
    "model",
    "word_surprisal",
    "One row per extraction (raw, causal models) and predicted word: how unexpected it is. The first word of a text is "
    "left out where the model reads nothing before it.",
    refers("extraction_id", "model.extraction", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("word_position"),
    field("surprisal_bits"),
    field("uncorrected_surprisal_bits"),
    check("uncorrected_surprisal_bits", "uncorrected_surprisal_bits >= -0.001"),
)

reference_pair = table(
    "model",
    "reference_pair",
    "One row per pair of models whose divergence others are measured against, with the reason.",
    refers("left_model_id", "model.language_model.language_model_id", is_key=True),
    refers("right_model_id", "model.language_model.language_model_id", is_key=True),
    field("reason"),
    check("models", "left_model_id <> right_model_id"),
)
