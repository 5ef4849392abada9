"""What was computed, one table per grain; each row leads to a run and a unit."""

from sqlalchemy import ForeignKeyConstraint

from warehouse.schema.base import check, field, key, refers, table


def _unit() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["run_id", "unit_id"], ["ops.unit.run_id", "ops.unit.unit_id"])


human_resemblance = table(
    "result",
    "human_resemblance",
    "One row per run, extraction, layer, measure and reader: how well the heads of the layer explain where the reader "
    "looks back. Beware: r2 is in-sample and grows with the number of heads; compare adjusted_r2 and cv_r2.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    field("r2", null=True),
    field("adjusted_r2", null=True),
    field("cv_r2", null=True),
    field("cell_count"),
    field("predictor_count"),
    field("rank"),
    field("condition_number", null=True),
    _unit(),
    check("r2", "r2 <= 1.000001"),
    check("adjusted_r2", "adjusted_r2 <= r2 + 0.000001"),
    check("cell_count", "cell_count > 0"),
)

ceiling_kind = table(
    "result",
    "ceiling_kind",
    "The kinds of noise ceiling.",
    key("ceiling_kind"),
    field("description"),
)

noise_ceiling = table(
    "result",
    "noise_ceiling",
    "One row per run, corpus, measure, group and kind of ceiling: how well a group's mean predicts its readers.",
    key("run_id"),
    field("unit_id"),
    refers("corpus_id", "stimulus.corpus", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    refers("ceiling_kind", "result.ceiling_kind", is_key=True),
    field("ceiling", null=True),
    field("standard_error", null=True),
    field("subject_count"),
    field("cell_count"),
    field("missing_because", null=True),
    _unit(),
    check("subject_count", "subject_count > 0"),
    check("cell_count", "cell_count > 0"),
)
