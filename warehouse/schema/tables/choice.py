"""Corrected resemblance: ceilings by reader, layers chosen on other articles, differences over ceilings (`result`)."""

from warehouse.declarations import Column
from warehouse.schema.tables.base import check, effect, field, key, of_unit, refers, table


def _difference() -> list[Column]:
    """Give the columns of a difference of ratios: value, interval, test, effect size."""
    names = ("difference", "interval_low", "interval_high", "t_statistic", "degrees_of_freedom", "p_value")
    return [*(field(name, null=True) for name in names), *effect()]


reader_ceiling = table(
    "result",
    "reader_ceiling",
    "One row per run, measure and reader: how well the reader's group predicts the reader, with the reader in it, "
    "without, and on articles held out; and the mean correlation by which the paper divides for brain regions.",
    key("run_id"),
    field("unit_id"),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    field("ceiling", null=True),
    field("leave_one_out_ceiling", null=True),
    field("cv_ceiling", null=True),
    field("mean_r", null=True),
    field("published_r", null=True),
    field("sentence_count", null=True),
    of_unit(),
    check("ceiling", "ceiling <= 1.000001"),
    check("sentence_count", "sentence_count >= 0"),
)

article_score = table(
    "result",
    "article_score",
    "One row per run, extraction, layer, measure, group of readers and article: what a choice of the layer without "
    "the article goes by, and the layer's error on the article.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    key("layer"),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    key("article_position"),
    field("choice_r2", null=True),
    field("held_out_error", null=True),
    field("reader_errors"),
    field("subject_labels"),
    of_unit(),
    check("held_out_error", "held_out_error >= -0.000001"),
    check("subject_labels", "cardinality(subject_labels) = cardinality(reader_errors)"),
)

layer_choice = table(
    "result",
    "layer_choice",
    "One row per run, extraction, measure and group of readers: the layers chosen without the articles they are "
    "scored on, and the mean over readers of the cross-validated R2 that they reach.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    field("chosen_layers", null=True),
    field("nested_cv_r2", null=True),
    field("standard_error", null=True),
    field("cv_ceiling", null=True),
    field("nested_resemblance", null=True),
    field("interval_low", null=True),
    field("interval_high", null=True),
    field("reader_nested_r2", null=True),
    field("subject_count"),
    field("resample_count"),
    field("missing_because", null=True),
    of_unit(),
    check("nested_cv_r2", "nested_cv_r2 <= 1.000001"),
)

nested_resemblance = table(
    "result",
    "nested_resemblance",
    "One row per run, extraction, measure and reader: cross-validated R2 where each article is predicted by the "
    "layer that is chosen without it.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("subject_id", "human.subject", is_key=True),
    field("nested_cv_r2", null=True),
    of_unit(),
    check("nested_cv_r2", "nested_cv_r2 <= 1.000001"),
)

group_difference = table(
    "result",
    "group_difference",
    "One row per run, extraction, measure, pair of groups and score: the right group's resemblance less the left "
    "group's, each over its own ceiling.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("left_group", "human.language_group.language_group", is_key=True),
    refers("right_group", "human.language_group.language_group", is_key=True),
    key("score_kind"),
    field("left_value", null=True),
    field("right_value", null=True),
    *_difference(),
    field("p_greater", null=True),
    field("left_count"),
    field("right_count"),
    field("resample_count"),
    field("missing_because", null=True),
    of_unit(),
    check("p_value", "p_value BETWEEN 0 AND 1"),
)

tuning_effect = table(
    "result",
    "tuning_effect",
    "One row per run, corpus, condition, method, measure, group of readers, score and tuned model, and for the means "
    "over tuned models: resemblance less that of the base model, each at its own layer, paired by reader.",
    key("run_id"),
    field("unit_id"),
    refers("corpus_id", "stimulus.corpus", is_key=True),
    refers("condition_id", "model.condition", is_key=True),
    key("method"),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    key("score_kind"),
    key("tuned_model"),
    *_difference(),
    field("p_equivalence", null=True),
    field("equivalence_bound"),
    field("model_count"),
    field("subject_count"),
    field("resample_count"),
    field("missing_because", null=True),
    of_unit(),
    check("p_value", "p_value BETWEEN 0 AND 1"),
    check("equivalence_bound", "equivalence_bound > 0"),
)
