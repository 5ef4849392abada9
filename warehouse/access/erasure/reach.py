"""Which rows of which table belong to what is forgotten: read from the tables' declarations, not from a list.

A row goes with what it refers to, directly or through other rows: words go with their sentence, that with its article,
that with its corpus. The ledger's rows about a unit of work, which name it by its key, go with the unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.declarations import Column, Table
from warehouse.schema.natural_keys import identity
from warehouse.schema.tables import human, metadata, model, ops, stimulus

Ids = Mapping[str, Sequence[Any]]

ROOTS: Mapping[Table, str] = {
    stimulus.corpus: "corpus",
    human.subject: "subject",
    model.extraction: "extraction",
    model.language_model: "model",
    ops.unit: "unit",
    ops.run: "run",
}
"""Tables of which the rows that go are chosen by id, and under which name the ids are given."""
WARNED = {"extraction": model.extraction, "sentence": stimulus.sentence}
"""What the ids in `ops.usage_warning_on` name, by `entity`."""
_SURROGATES = {name: table for table in metadata.sorted_tables if (name := identity(table))}


@dataclass(frozen=True)
class Going:
    """Ids of what goes, by the names in `ROOTS`, and the names by which the ledger calls extractions."""

    corpus: list[int] = field(default_factory=list)
    subject: list[int] = field(default_factory=list)
    extraction: list[int] = field(default_factory=list)
    model: list[int] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)
    run: list[int] = field(default_factory=list)
    input_name: list[str] = field(default_factory=list)

    def ids(self) -> dict[str, list[Any]]:
        """Give the parameters of the conditions."""
        return dict(vars(self))


def named_by(column: Column) -> Table | None:
    """Give the table whose surrogate id a column holds, with a foreign key or, as for attention, by its name."""
    for key in column.foreign_keys:
        table_name, _, name = key.target_fullname.rpartition(".")
        table = metadata.tables[table_name]
        return table if identity(table) == name else None
    target = _SURROGATES.get(column.name)
    return None if target is column.table else target


def condition(table: Table, ids: Ids) -> str | None:
    """Say in SQL which rows of a table go; None where there can be none.

    Parameters
    ----------
    table : Table
        Any table of the warehouse.
    ids : mapping of str to sequence
        Ids by the names in `ROOTS`; kinds without ids are left out, so that the planner may use indexes for the rest.
    """
    if table in ROOTS:
        kind = ROOTS[table]
        return f"{identity(table)} = ANY (%({kind})s)" if ids.get(kind) else None
    parts = [_refers(column.name, target, ids) for column in table.c if (target := named_by(column)) is not None]
    if table is ops.usage_warning_on:
        warned = {entity: _refers("entity_id", target, ids) for entity, target in WARNED.items()}
        parts += [f"(entity = '{entity}' AND {part})" for entity, part in warned.items() if part]
    if ids.get("unit"):
        parts += _of_units(table)
    return " OR ".join(part for part in parts if part) or None


def reachable_tables(kinds: Sequence[str] = tuple(ROOTS.values())) -> list[Table]:
    """Give the tables with rows that may go, in the order of deleting: each before what it refers to.

    Those that name units by their keys come first. Attention, which goes as partitions, is not among them.
    """
    some = {kind: [0] for kind in kinds}
    found = [table for table in reversed(metadata.sorted_tables) if condition(table, some)]
    return sorted((table for table in found if table is not model.attention), key=lambda table: not _of_units(table))


def _refers(column: str, target: Table, ids: Ids) -> str | None:
    where = condition(target, ids)
    if where is None or target in ROOTS:
        return where and f"{column} = ANY (%({ROOTS[target]})s)"
    return f"{column} IN (SELECT {identity(target)} FROM {target.fullname} WHERE {where})"


def _of_units(table: Table) -> list[str]:
    """Say which rows of the ledger belong to units that go: by run and key, or, of inputs, by name."""
    if table is ops.run_input:
        return [_READ]
    is_keyed = {"run_id", "unit_key"} <= {column.name for column in table.c} and table is not ops.unit
    return ["(run_id, unit_key) IN (SELECT run_id, unit_key FROM ops.unit WHERE unit_id = ANY (%(unit)s))"] * is_keyed


# What a source read bears its own name, what an analysis read that of the unit too. A file that is also of a unit that
# stays does not go.
_READ = """(run_id, input_name) IN (
    SELECT unit.run_id, named.input_name
    FROM ops.unit
    CROSS JOIN LATERAL jsonb_object_keys(unit.inputs) AS part
    CROSS JOIN LATERAL (VALUES (part), (part || ' of ' || unit.unit_key)) AS named (input_name)
    WHERE unit.unit_id = ANY (%(unit)s)
    EXCEPT
    SELECT unit.run_id, part
    FROM ops.unit
    CROSS JOIN LATERAL jsonb_object_keys(unit.inputs) AS part
    WHERE
        unit.unit_id <> ALL (%(unit)s)
        AND unit.run_id IN (SELECT going.run_id FROM ops.unit AS going WHERE going.unit_id = ANY (%(unit)s))
) OR input_name = ANY (%(input_name)s) AND run_id IN (
    SELECT extraction.run_id FROM model.extraction WHERE extraction_id = ANY (%(extraction)s)
)"""
