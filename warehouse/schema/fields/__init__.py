"""The field dictionary: one name, one meaning, one unit, wherever a column of that name stands.

The installer copies description and unit into COMMENT ON COLUMN of every table and view, so psql, a BI tool and the
docs say the same. A name exists here before it exists in a table.
"""

from warehouse.schema.fields import (
    alternatives,
    choice,
    comparison,
    human,
    ledger,
    mart,
    model,
    predictors,
    published,
    reading,
    result,
    stimulus,
    worth,
)
from warehouse.schema.fields.field import Field

__all__ = ["FIELDS", "Field"]

FIELDS: dict[str, Field] = {}
for part in (
    ledger, stimulus, human, model, result, comparison, worth, choice, alternatives, predictors, published, reading,
    mart,
):  # fmt: skip
    twice = FIELDS.keys() & part.FIELDS.keys()
    if twice:
        raise ValueError(f"fields with two meanings: {', '.join(sorted(twice))}")
    FIELDS |= part.FIELDS
