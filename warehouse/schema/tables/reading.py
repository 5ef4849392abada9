"""Reading times and what explains them: the measures there are, and the fit of surprisal (`human`, `result`)."""

from warehouse.schema.tables.base import check, field, key, of_unit, refers, table

reading_quantity = table(
    "human",
    "reading_quantity",
    "The reading times of words that fits take, by the names of mart.reading_measure without their unit.",
    key("quantity"),
    field("description"),
)

surprisal_fit = table(
    "result",
    "surprisal_fit",
    "One row per run, extraction, measure of reading times and group of readers: what a word's surprisal and that of "
    "the word before add to a baseline in predicting the times of sentences that were held out.",
    key("run_id"),
    field("unit_id"),
    refers("extraction_id", "model.extraction", is_key=True),
    refers("quantity", "human.reading_quantity", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    field("delta_log_likelihood", null=True),
    field("delta_se_over_readers", null=True),
    field("delta_se_over_folds", null=True),
    field("surprisal_ms_per_bit", null=True),
    field("previous_surprisal_ms_per_bit", null=True),
    field("has_frequency"),
    field("reading_time_count"),
    field("subject_count"),
    field("fold_count"),
    field("missing_because", null=True),
    of_unit(),
    check("fold_count", "fold_count > 1"),
)
