"""Every table, one module per PostgreSQL schema (more for parts of them), in one MetaData.

Facts start their primary key with the distribution key (`subject_id`, `extraction_id`, `run_id`), so that the schema
can be spread over machines; there are no triggers and no enum types.
"""

from warehouse.schema.tables import (
    alternatives,
    choice,
    comparison,
    human,
    inference,
    model,
    ops,
    predictors,
    published,
    reading,
    result,
    stimulus,
)
from warehouse.schema.tables.base import metadata

SCHEMAS = ("ops", "stimulus", "human", "model", "result")

__all__ = [
    "SCHEMAS", "alternatives", "choice", "comparison", "human", "inference", "metadata", "model", "ops", "predictors",
    "published", "reading", "result", "stimulus",
]  # fmt: skip
