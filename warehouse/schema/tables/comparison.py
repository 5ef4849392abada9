"""How far the attention of two extractions differs (schema `result`)."""

from warehouse.declarations import Column
from warehouse.schema.tables.base import check, effect, field, key, of_unit, refers, table


def _pair() -> list[Column]:
    """Give the columns that name two extractions, in what they differ and where they are compared."""
    return [
        key("comparison"),
        refers("left_extraction_id", "model.extraction.extraction_id", is_key=True),
        refers("right_extraction_id", "model.extraction.extraction_id", is_key=True),
    ]


attention_divergence = table(
    "result",
    "attention_divergence",
    "One row per run, comparison of two extractions, layer or quarter of the layers, and sentence: how far their "
    "attention differs. By head only where both have the same heads in a layer. Encoders are compared by their lower "
    "triangles too.",
    key("run_id"),
    field("unit_id"),
    *_pair(),
    key("depth_kind"),
    key("depth"),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    field("js_nats", null=True),
    field("js_head_averaged_nats", null=True),
    field("jeffreys_nats", null=True),
    field("jeffreys_infinite_count", null=True),
    field("jeffreys_head_averaged_nats"),
    field("jeffreys_head_averaged_infinite_count"),
    field("zero_row_count", null=True),
    field("head_averaged_zero_row_count"),
    of_unit(),
    check("zero_row_count", "zero_row_count >= 0"),
    check("head_averaged_zero_row_count", "head_averaged_zero_row_count >= 0"),
    check("js_nats", "js_nats BETWEEN 0 AND ln(2.0) + 0.000001"),
    check("js_head_averaged_nats", "js_head_averaged_nats BETWEEN 0 AND ln(2.0) + 0.000001"),
)

head_divergence = table(
    "result",
    "head_divergence",
    "One row per run, comparison of two extractions of equal depth and heads, layer and head: the mean over sentences.",
    key("run_id"),
    field("unit_id"),
    *_pair(),
    key("depth_kind"),
    key("depth"),
    key("head"),
    field("js_nats"),
    field("sentence_count"),
    field("zero_row_count"),
    of_unit(),
    check("sentence_count", "sentence_count > 0"),
    check("zero_row_count", "zero_row_count >= 0"),
)

divergence_test = table(
    "result",
    "divergence_test",
    "One row per run, comparison of two extractions, pair it is tested against, layer or quarter, and kind of "
    "divergence: paired t-test over sentences. The tests of all layers (or quarters) are one family.",
    key("run_id"),
    field("unit_id"),
    *_pair(),
    key("against"),
    refers("reference_left_extraction_id", "model.extraction.extraction_id", is_key=True),
    refers("reference_right_extraction_id", "model.extraction.extraction_id", is_key=True),
    key("depth_kind"),
    key("depth"),
    key("divergence_kind"),
    field("mean_difference_nats"),
    field("t_statistic", null=True),
    field("p_value", null=True),
    field("p_bonferroni", null=True),
    field("p_holm", null=True),
    field("p_benjamini_hochberg", null=True),
    field("sentence_count"),
    field("missing_because", null=True),
    *effect(),
    of_unit(),
    check("p_value", "p_value BETWEEN 0 AND 1"),
    check("sentence_count", "sentence_count > 0"),
)
