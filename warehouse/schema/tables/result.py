"""What was computed, one table per grain; each row leads to a run and a unit."""

from warehouse.declarations import Column
from warehouse.schema.tables.base import check, effect, field, key, of_unit, refers, table


def _two_sides() -> list[Column]:
    """Give the columns of a t-test: means and numbers of values of both sides, their difference, and the test."""
    missing = ("left_r2", "right_r2", "r2_difference", "t_statistic", "degrees_of_freedom", "p_value")
    named = ("left_count", "right_count", "test_kind")
    return [field(name, null=True) for name in missing] + [field(name) for name in named]


human_resemblance = table(
    "result",
    "human_resemblance",
    "One row per run, extraction, layer, measure and reader: how well the heads of the layer explain where the reader "
    "looks back. Caution: r2 is in-sample and grows with the number of heads; compare adjusted_r2 and cv_r2.",
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
    of_unit(),
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
    field("sentence_count", null=True),
    of_unit(),
    check("subject_count", "subject_count > 0"),
    check("cell_count", "cell_count > 0"),
    check("sentence_count", "sentence_count >= 0"),
)

head_reliance = table(
    "result",
    "head_reliance",
    "One row per run, extraction, layer, set of patterns and head: how well trivial patterns explain its attention.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("pattern_set", "stimulus.pattern_set", is_key=True),
    key("head"),
    field("r2", null=True),
    field("adjusted_r2", null=True),
    field("cv_r2", null=True),
    of_unit(),
    check("head", "head >= 0"),
    check("r2", "r2 <= 1.000001"),
)

layer_reliance = table(
    "result",
    "layer_reliance",
    "One row per run, extraction, layer and set of patterns: how well trivial patterns explain the layer's attention, "
    "as the mean over heads (the paper's) and pooled over heads.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("pattern_set", "stimulus.pattern_set", is_key=True),
    field("r2", null=True),
    field("adjusted_r2", null=True),
    field("cv_r2", null=True),
    field("standard_error", null=True),
    field("pooled_r2", null=True),
    field("cell_count"),
    field("predictor_count"),
    field("rank"),
    of_unit(),
    check("r2", "r2 <= 1.000001"),
    check("cell_count", "cell_count > 0"),
)

reader_reliance = table(
    "result",
    "reader_reliance",
    "One row per run, measure, reader and set of patterns: how well trivial patterns explain where the reader looks "
    "back.",
    key("run_id"),
    field("unit_id"),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    refers("pattern_set", "stimulus.pattern_set", is_key=True),
    field("r2", null=True),
    field("adjusted_r2", null=True),
    field("cv_r2", null=True),
    field("cell_count"),
    field("predictor_count"),
    field("rank"),
    of_unit(),
    check("r2", "r2 <= 1.000001"),
    check("cell_count", "cell_count > 0"),
)

reliance_test = table(
    "result",
    "reliance_test",
    "One row per run, corpus, measure, set of patterns and pair of groups: whether the readers of one group follow the "
    "patterns more than those of the other.",
    key("run_id"),
    field("unit_id"),
    refers("corpus_id", "stimulus.corpus", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("pattern_set", "stimulus.pattern_set", is_key=True),
    refers("left_group", "human.language_group.language_group", is_key=True),
    refers("right_group", "human.language_group.language_group", is_key=True),
    *_two_sides(),
    field("p_greater", null=True),
    field("missing_because", null=True),
    *effect(),
    field("cv_r2_difference", null=True),
    field("cv_p_greater", null=True),
    field("cv_interval_low", null=True),
    field("cv_interval_high", null=True),
    of_unit(),
)

reliance_difference = table(
    "result",
    "reliance_difference",
    "One row per run, comparison of two models, set of patterns and quarter of the layers: whether the layers of one "
    "follow the patterns more than those of the other; each layer counts once, with the mean over its heads.",
    key("run_id"),
    field("unit_id"),
    key("comparison"),
    refers("left_extraction_id", "model.extraction.extraction_id", is_key=True),
    refers("right_extraction_id", "model.extraction.extraction_id", is_key=True),
    refers("pattern_set", "stimulus.pattern_set", is_key=True),
    key("quarter"),
    *_two_sides(),
    field("p_bonferroni", null=True),
    field("p_holm", null=True),
    field("p_benjamini_hochberg", null=True),
    field("missing_because", null=True),
    *effect(),
    field("cv_r2_difference", null=True),
    of_unit(),
    check("quarter", "quarter BETWEEN 0 AND 3"),
)
