"""What others have published, to be held against what is computed here (schemas `model` and `result`)."""

from warehouse.schema.tables.base import check, field, key, refers, table

published_loss = table(
    "model",
    "published_loss",
    "One row per model whose next-token loss is known from a publication; it is used where no loss was computed here. "
    "A row more is a loss more; the name is that of model.language_model.",
    key("model"),
    field("loss"),
    field("source"),
)

published_ceiling = table(
    "result",
    "published_ceiling",
    "One row per measure and group of readers: the constant that the publication divides by. Those of regions are mean "
    "Pearson r, not R2.",
    key("measure"),
    refers("language_group", "human.language_group", is_key=True),
    field("published_ceiling"),
    field("ceiling_unit"),
    field("source"),
    check("ceiling_unit", "ceiling_unit IN ('R2', 'Pearson r')"),
)

published_resemblance = table(
    "result",
    "published_resemblance",
    "One row per model, measure and group of readers: resemblance as published.",
    key("model"),
    key("measure"),
    refers("language_group", "human.language_group", is_key=True),
    field("published_percent"),
    field("source"),
)

claim = table(
    "result",
    "claim",
    "One row per claim and group of readers that the paper makes: what it says, and the value it gives.",
    key("claim"),
    key("language_group"),
    field("statement"),
    field("quantity_claimed"),
    field("claimed_sign"),
    field("published_value", null=True),
    field("source"),
    check("claimed_sign", "claimed_sign IN (-1, 1)"),
)

verdict_reason = table(
    "result",
    "verdict_reason",
    "One row per reason that a verdict on a claim can have: the code that fn.verdict_reason gives, the verdict that "
    "follows, and the reason in words.",
    key("reason_code"),
    field("verdict"),
    field("description"),
    check("verdict", "verdict IN ('holds', 'does not hold', 'cannot be said')"),
)
