"""What the paper says."""

from warehouse.schema.fields.field import DOUBLE, SMALL, TEXT, Field

FIELDS: dict[str, Field] = {
    "published_ceiling": Field(DOUBLE, "Constant that the publication divides by", example="0.1560"),
    "ceiling_unit": Field(TEXT, "What the published constant is: R2, or Pearson r", example="R2"),
    "published_percent": Field(DOUBLE, "Published resemblance", "%", "53.04"),
    "claim": Field(TEXT, "Short name of the claim", example="resemblance_rises_with_scale"),
    "statement": Field(TEXT, "What is claimed, in words", example="Larger models resemble readers more."),
    "quantity_claimed": Field(
        TEXT, "What the values of the claim are, with unit", example="Pearson r of resemblance and log parameters"
    ),
    "claimed_sign": Field(SMALL, "Sign that the value must have for the claim to hold: 1 or -1", example="1"),
    "published_value": Field(DOUBLE, "Value as published, or that follows from the published table", example="0.9888"),
    "value_here": Field(DOUBLE, "Value computed here, the paper's way", example="0.9712"),
    "value_p": Field(DOUBLE, "p of value_here; null where the claim has no test", example="0.0014"),
    "corrected_value": Field(
        DOUBLE, "Value computed here, corrected: cross-validated, over the leave-one-out ceiling", example="0.9503"
    ),
    "corrected_p": Field(DOUBLE, "p of corrected_value; null where the claim has no test", example="0.0131"),
    "verdict": Field(TEXT, "holds, does not hold, or cannot be said", example="cannot be said"),
    "published_resemblance": Field(
        DOUBLE, "Mean r2 divided by the published ceiling: the paper's way", example="0.3499"
    ),
}
