"""What models attend to: models, conditions, extractions, and attention by word pair."""

from sqlalchemy import Index

from warehouse.schema.base import check, field, key, refers, surrogate, table, unique

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
    check("stage", "stage IN ('pretrained', 'tuned')"),
    check("parameter_count", "parameter_count > 0"),
    check("layer_count", "layer_count > 0"),
    check("head_count", "head_count > 0"),
)

condition = table(
    "model",
    "condition",
    "What stood before each sentence when a model read it; a row more is a condition more.",
    surrogate("condition_id"),
    field("condition"),
    field("prefix"),
    field("description"),
    unique("condition"),
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
    check("extraction_status", "extraction_status IN ('loading', 'complete', 'retired')"),
)

Index(
    "extraction_complete_key",
    extraction.c.language_model_id,
    extraction.c.condition_id,
    extraction.c.corpus_id,
    extraction.c.method,
    unique=True,
    postgresql_where=extraction.c.extraction_status == "complete",
)

attention = table(
    "model",
    "attention",
    "One row per extraction, layer and word pair, with the weights of all heads in one array (weights[head + 1]). "
    "Partitioned by extraction; no foreign keys, since each unit's rows are verified once when it is loaded.",
    key("extraction_id"),
    key("layer"),
    key("sentence_id"),
    key("from_word"),
    key("to_word"),
    field("weights"),
    postgresql_partition_by="LIST (extraction_id)",
)
