"""What names a row of a table, and the surrogate id that stands for it."""

from warehouse.declarations import Table, UniqueConstraint

OF_THE_LEDGER = {
    "ops.run": ["job", "host", "started_at"],
    "ops.unit": ["run_id", "unit_key", "fingerprint"],
    "ops.rejection": ["run_id", "unit_key", "place", "reason"],
    "model.extraction": ["language_model_id", "condition_id", "corpus_id", "method", "digest"],
}
"""What names a row that came from another warehouse, where no constraint says so: a job is run once at a time."""


def natural_key(table: Table) -> list[str]:
    """Give the columns that name a row: the unique constraint beside a surrogate id, the primary key otherwise."""
    if table.fullname in OF_THE_LEDGER:
        return OF_THE_LEDGER[table.fullname]
    if identity(table) is None:
        return [column.name for column in table.primary_key]
    unique = next(rule for rule in table.constraints if isinstance(rule, UniqueConstraint))
    return [column.name for column in unique.columns]


def identity(table: Table) -> str | None:
    """Name the surrogate id that the database assigns, if the table has one."""
    return next((column.name for column in table.c if column.is_identity), None)
