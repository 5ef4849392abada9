"""Which ids a table of an export names, and whether all of that is there: a reader who is not takes rows along."""

from typing import TYPE_CHECKING

from warehouse.declarations import Column, Table
from warehouse.errors import BadInput
from warehouse.schema.natural_keys import identity
from warehouse.schema.tables import human, metadata, model, stimulus

if TYPE_CHECKING:
    from ingest.parquet.tables import Export

UNLINKED = {
    "sentence_id": stimulus.sentence,
    "extraction_id": model.extraction,
    "measure_id": human.measure,
    "subject_id": human.subject,
}
"""Columns of attention and its sums that have no foreign key, and what they name all the same."""
WITHOUT_KEYS = (
    model.attention, model.attention_sink, model.head_sums, model.reader_sums, model.predictor_sums,
)  # fmt: skip
OF_DATA = ("stimulus", "human", "model")
"""Schemas of which an export holds all that they name; results may stand on what is here already."""


def named_by(column: Column) -> Table | None:
    """Give the table whose surrogate id a column holds, if it holds one of another table."""
    for key in column.foreign_keys:
        table_name, _, name = key.target_fullname.rpartition(".")
        table = metadata.tables[table_name]
        return table if identity(table) == name else named_by(table.c[name])
    return UNLINKED.get(column.name) if column.table in WITHOUT_KEYS else None


def check_references(export: "Export") -> None:
    """Refuse rows of data that name what the export does not hold.

    Raises
    ------
    BadInput
        Naming the table and the column.
    """
    known: dict[str, set[int]] = {}
    for table in metadata.sorted_tables:
        path = export.path(table)
        for column in table.c if table.schema in OF_DATA and path.is_file() else ():
            target = named_by(column)
            if target is None or target.schema not in OF_DATA:
                continue
            if target.fullname not in known:
                known[target.fullname] = _ids(export, target, str(identity(target)))
            if missing := _ids(export, table, column.name) - known[target.fullname]:
                what = f"names {target.fullname} {min(missing)} in the column {column.name}, which is not there"
                raise BadInput(what, path, "export it again, and do not change its files")


def _ids(export: "Export", table: Table, name: str) -> set[int]:
    """Give the values of a column, of a row group at a time."""
    found: set[int] = set()
    for number in export.groups(export.path(table)):
        rows = export.group(export.path(table), number)
        if name in rows.column_names:
            found.update(rows.column(name).unique().drop_null().to_pylist())
    return found
