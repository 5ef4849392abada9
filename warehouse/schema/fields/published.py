"""What the paper says."""

from warehouse.schema.fields.field import DOUBLE, INTS, SMALL, TEXT, Field

FIELDS: dict[str, Field] = {
    "published_ceiling": Field(DOUBLE, "Constant that the publication divides by", "see ceiling_unit", "0.1560"),
    "ceiling_unit": Field(TEXT, "What the published constant is: R2, or Pearson r", example="R2"),
    "published_percent": Field(DOUBLE, "Published resemblance", "%", "53.04"),
    "claim": Field(TEXT, "Short name of the claim", example="resemblance_rises_with_scale"),
    "statement": Field(TEXT, "What is claimed, in words", example="Larger models resemble readers more."),
    "quantity_claimed": Field(
        TEXT, "What the values of the claim are, with unit", example="Pearson r of resemblance and log parameters"
    ),
    "claimed_sign": Field(SMALL, "Sign that the value must have for the claim to hold: 1 or -1", "-1 or 1", "1"),
    "published_value": Field(
        DOUBLE,
        "Value as published, or that follows from the published table, in the unit that quantity_claimed says",
        "that of quantity_claimed",
        "0.9888",
    ),
    "value_here": Field(
        DOUBLE,
        "Value computed here, the paper's way, in the unit that quantity_claimed says",
        "that of quantity_claimed",
        "0.9712",
    ),
    "value_p": Field(
        DOUBLE,
        "p of value_here, two-sided unless the claim is one of more or less between groups; null where there is no "
        "test",
        "0 to 1",
        "0.0014",
    ),
    "corrected_value": Field(
        DOUBLE,
        "Value computed here, corrected: layers chosen on other articles, over held-out ceilings, models aligned to "
        "words; in the unit that quantity_claimed says",
        "that of quantity_claimed",
        "0.9503",
    ),
    "corrected_p": Field(
        DOUBLE, "p of corrected_value, corrected for test_count tests; null where there is no test", "0 to 1", "0.0131"
    ),
    "corrected_low": Field(
        DOUBLE, "Lower end of the 95 % interval of corrected_value, in its unit", "that of quantity_claimed", "0.3211"
    ),
    "corrected_high": Field(
        DOUBLE, "Upper end of the 95 % interval of corrected_value, in its unit", "that of quantity_claimed", "0.9987"
    ),
    "beyond_value": Field(
        DOUBLE,
        "Value computed here of what attention adds to position and word length (baseline47) on held-out articles, "
        "over the leave-one-out ceiling, models aligned to words; in the unit that quantity_claimed says",
        "that of quantity_claimed",
        "0.4120",
    ),
    "beyond_p": Field(DOUBLE, "p of beyond_value, corrected for test_count tests", "0 to 1", "0.2210"),
    "beyond_low": Field(
        DOUBLE, "Lower end of the 95 % interval of beyond_value, in its unit", "that of quantity_claimed", "-0.5210"
    ),
    "beyond_high": Field(
        DOUBLE, "Upper end of the 95 % interval of beyond_value, in its unit", "that of quantity_claimed", "0.9021"
    ),
    "beyond_verdict": Field(
        TEXT, "The verdict with beyond_value in the place of the corrected value", example="cannot be said"
    ),
    "beyond_reason_code": Field(
        TEXT, "Why beyond_verdict is what it is, as a code of result.verdict_reason", example="no_corrected_value"
    ),
    "verdict": Field(TEXT, "holds, does not hold, or cannot be said", example="cannot be said"),
    "reason_code": Field(
        TEXT, "Why the verdict is what it is, as a code of result.verdict_reason", example="no_corrected_value"
    ),
    "run_ids": Field(INTS, "Runs that wrote what the row is made of; see ops.run", "ids", "{7,9}"),
    "published_resemblance": Field(
        DOUBLE,
        "Mean r2 divided by the published ceiling: the paper's way",
        "ratio; no share of variance where ceiling_unit is Pearson r",
        "0.3499",
    ),
}
