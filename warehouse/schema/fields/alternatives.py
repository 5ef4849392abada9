"""Other fits beside least squares on all heads, and nulls."""

from warehouse.schema.fields.field import DOUBLE, INT, TEXT, Field

FIELDS: dict[str, Field] = {
    "variant": Field(
        TEXT,
        "Another fit of readers by a layer's attention: head_averaged, head_averaged_ridge, ridge, renormalised",
        example="ridge",
    ),
    "penalty": Field(
        DOUBLE,
        "Penalty on the squared coefficients of standardised columns, chosen inside the folds: geometric mean over "
        "held-out articles, and over readers where it is one of a group",
        "from 0",
        "622.5",
    ),
    "penalty_end_count": Field(
        INT,
        "Held-out articles whose best penalty is at an end of the path: a longer path may have a better one",
        "articles; of a group, readers and articles",
        "0",
        heading="penalties at an end",
    ),
}
