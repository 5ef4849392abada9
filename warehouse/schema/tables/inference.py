"""What results of human resemblance are worth: corrections, intervals, choices, tests and fits (schema `result`)."""

from typing import Any

from warehouse.declarations import Column
from warehouse.schema.tables.base import check, effect, field, key, of_unit, refers, table


def _layer_and_group() -> list[Column]:
    return [
        key("run_id"),
        field("unit_id"),
        refers("extraction_id", "model.extraction", is_key=True),
        key("layer"),
        refers("measure_id", "human.measure", is_key=True),
        refers("language_group", "human.language_group", is_key=True),
    ]


def _models_and_group() -> list[Column]:
    return [
        key("run_id"),
        field("unit_id"),
        refers("corpus_id", "stimulus.corpus", is_key=True),
        refers("condition_id", "model.condition", is_key=True),
        key("method"),
        refers("measure_id", "human.measure", is_key=True),
        refers("language_group", "human.language_group", is_key=True),
        key("model_choice"),
        key("score_kind"),
    ]


def _t_test() -> list[Any]:
    return [
        field("r2_difference", null=True),
        field("t_statistic", null=True),
        field("degrees_of_freedom", null=True),
        field("p_one_sided", null=True),
        field("p_bonferroni", null=True),
        field("p_holm", null=True),
        field("p_benjamini_hochberg", null=True),
        field("test_count"),
        field("missing_because", null=True),
        *effect(),
        of_unit(),
        check("p_one_sided", "p_one_sided BETWEEN 0 AND 1"),
        check("test_count", "test_count > 0"),
    ]


corrected_resemblance = table(
    "result",
    "corrected_resemblance",
    "One row per run, extraction, layer, measure and group of readers: means over readers of what stands beside the "
    "in-sample r2: chance, held-out sentences, and as many predictors as the smallest model has.",
    *_layer_and_group(),
    field("r2", null=True),
    field("random_r2"),
    field("sentence_cv_r2", null=True),
    field("matched_head_count"),
    field("matched_r2", null=True),
    field("matched_r2_sd", null=True),
    field("component_r2", null=True),
    field("subject_count"),
    field("cell_count"),
    field("predictor_count"),
    field("missing_because", null=True),
    of_unit(),
    check("r2", "r2 <= 1.000001"),
    check("matched_head_count", "matched_head_count > 0"),
    check("cell_count", "cell_count > 0"),
)

resemblance_interval = table(
    "result",
    "resemblance_interval",
    "One row per run, extraction, layer, measure, group of readers, statistic and kind of cluster: a bootstrap "
    "interval of 95 %, reflected about the estimate.",
    *_layer_and_group(),
    key("statistic"),
    key("cluster_kind"),
    field("estimate", null=True),
    field("interval_low", null=True),
    field("interval_high", null=True),
    field("bootstrap_bias", null=True),
    field("resample_count"),
    field("missing_because", null=True),
    field("bias_corrected", null=True),
    of_unit(),
    check("statistic", "statistic IN ('r2', 'resemblance')"),
    check("contains_bias_corrected", "bias_corrected BETWEEN interval_low AND interval_high"),
)

tuning_test = table(
    "result",
    "tuning_test",
    "One row per run, base (left) and tuned (right) extraction, measure, group of readers, layer and direction: "
    "paired t-test over readers of the tuned model's r2 against the base model's.",
    key("run_id"),
    field("unit_id"),
    refers("left_extraction_id", "model.extraction.extraction_id", is_key=True),
    refers("right_extraction_id", "model.extraction.extraction_id", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    key("layer"),
    key("alternative"),
    field("subject_count"),
    *_t_test(),
    check("alternative", "alternative IN ('higher', 'lower')"),
)

group_test = table(
    "result",
    "group_test",
    "One row per run, extraction, measure, pair of groups and layer: independent t-test of whether r2 is higher "
    "in the right group of readers than in the left, and of whether it is over each group's ceiling.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("left_group", "human.language_group.language_group", is_key=True),
    refers("right_group", "human.language_group.language_group", is_key=True),
    key("layer"),
    field("left_count"),
    field("right_count"),
    *_t_test(),
    field("resemblance_difference", null=True),
    field("p_resemblance", null=True),
    check("p_resemblance", "p_resemblance BETWEEN 0 AND 1"),
)

model_fit = table(
    "result",
    "model_fit",
    "One row per run, corpus, condition, method, measure, group of readers, choice of models, score and predictor: a "
    "straight line of the models' resemblance on their loss or size.",
    *_models_and_group(),
    key("predictor"),
    field("model_count"),
    field("slope", null=True),
    field("intercept", null=True),
    field("pearson_r", null=True),
    field("p_value", null=True),
    field("residual_sd", null=True),
    field("missing_because", null=True),
    field("r_low", null=True),
    field("r_high", null=True),
    of_unit(),
    check("predictor", "predictor IN ('loss', 'log_parameter_count')"),
    check("model_count", "model_count >= 0"),
    check("pearson_r", "pearson_r BETWEEN -1.000001 AND 1.000001"),
)

scale_prediction = table(
    "result",
    "scale_prediction",
    "One row per run, corpus, condition, method, measure, group of readers, choice of models, score and size: "
    "what the line of resemblance on log size says, with the 95 % band of the mean and the prediction interval of "
    "a new model.",
    *_models_and_group(),
    key("parameter_count"),
    field("predicted"),
    field("band_low", null=True),
    field("band_high", null=True),
    field("is_extrapolation"),
    field("prediction_low", null=True),
    field("prediction_high", null=True),
    of_unit(),
    check("parameter_count", "parameter_count > 0"),
    check("band", "predicted BETWEEN band_low AND band_high"),
)
