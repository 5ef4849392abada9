"""What stands beside least squares on all heads: other fits, and nulls (schema `result`)."""

from typing import Any

from warehouse.schema.tables.base import check, field, key, of_unit, refers, table


def _design() -> list[Any]:
    """Give the key columns that say what the readers are fitted by, and the check of one of them."""
    return [
        refers("predictor_set", "stimulus.predictor_set", is_key=True),
        key("fitted"),
        check("fitted", "fitted IN ('heads', 'set', 'joint')"),
    ]


variant = table(
    "result",
    "variant",
    "The other fits of readers by a layer's attention.",
    key("variant"),
    field("description"),
)

resemblance_variant = table(
    "result",
    "resemblance_variant",
    "One row per run, extraction, layer, measure, reader, variant, set of predictors and what of set and heads is "
    "fitted: how well it explains where the reader looks back by another fit than least squares on all heads.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    refers("variant", "result.variant", is_key=True),
    field("r2", null=True),
    field("cv_r2", null=True),
    field("pearson_r", null=True),
    field("penalty", null=True),
    field("penalty_end_count"),
    field("cell_count"),
    field("predictor_count"),
    field("missing_because", null=True),
    *_design(),
    of_unit(),
    check("r2", "r2 <= 1.000001"),
    check("cv_r2", "cv_r2 <= 1.000001"),
    check("penalty", "penalty >= 0"),
    check("penalty_end_count", "penalty_end_count >= 0"),
)

exchanged_null = table(
    "result",
    "exchanged_null",
    "One row per run, extraction, layer, measure and group of readers: resemblance, and what is left of it with the "
    "attention of other sentences of the same length.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    field("r2", null=True),
    field("cv_r2", null=True),
    field("exchanged_r2", null=True),
    field("exchanged_r2_sd", null=True),
    field("exchanged_r2_most", null=True),
    field("exchanged_cv_r2", null=True),
    field("exchanged_cv_r2_sd", null=True),
    field("exchanged_p", null=True),
    field("exchanged_sentence_count"),
    field("draw_count"),
    field("subject_count"),
    field("cell_count"),
    field("missing_because", null=True),
    of_unit(),
    check("exchanged_r2", "exchanged_r2 <= 1.000001"),
    check("exchanged_p", "exchanged_p BETWEEN 0 AND 1"),
    check("draw_count", "draw_count > 0"),
)

count_model = table(
    "result",
    "count_model",
    "One row per run, extraction, layer, measure, reader, set of predictors and what of set and heads is fitted: how "
    "well it explains the reader's transition counts by Poisson regression.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    field("d2", null=True),
    field("cv_d2", null=True),
    field("dispersion", null=True),
    field("penalty", null=True),
    field("penalty_end_count"),
    field("cell_count"),
    field("predictor_count"),
    field("missing_because", null=True),
    *_design(),
    of_unit(),
    check("d2", "d2 <= 1.000001"),
    check("cv_d2", "cv_d2 <= 1.000001"),
    check("dispersion", "dispersion >= 0"),
)
