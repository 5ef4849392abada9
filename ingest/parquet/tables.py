"""The files of an export, verified, and rows out of them as Python values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from warehouse.errors import BadInput
from warehouse.schema import migrations
from warehouse.schema.tables import metadata
from warehouse.transfer.export import manifest
from warehouse.transfer.export.attention import FOLDER
from warehouse.transfer.export.files import need_pyarrow

Rows = dict[str, list[Any]]
"""Rows of a table by column."""


@dataclass(frozen=True)
class Export:
    """A folder whose manifest and files have been verified.

    Attributes
    ----------
    directory : Path
        Where it is.
    told : mapping
        The manifest.
    """

    directory: Path
    told: Mapping[str, Any]

    @classmethod
    def opened(cls, directory: Path) -> "Export":
        """Verify a folder: every checksum, and that its tables and columns are known here."""
        need_pyarrow()
        export = cls(directory, manifest.read(directory))
        for file in export.told["files"]:
            if file["table"]:
                export._refuse_unknown_columns(file)
        return export

    @property
    def key(self) -> str:
        """What tells this export from any other, in the names of its units."""
        return str(self.told["sha256"])[:12]

    def columns(self, table: Table, **among: Sequence[Any]) -> Rows:
        """Give the rows of a table whose columns have one of some values, by column; of an absent table, none."""
        import pyarrow.parquet as pq

        path = self.path(table)
        if not path.is_file():
            return {column.name: [] for column in table.c}
        filters = [(name, "in", list(values)) for name, values in among.items()] or None
        if any(not len(values) for values in among.values()):
            return {column.name: [] for column in table.c}
        found = pq.read_table(path, filters=filters)
        return {name: _loaded(table, name, found.column(name).to_pylist()) for name in found.column_names}

    def dicts(self, table: Table, **among: Sequence[Any]) -> list[dict[str, Any]]:
        """Give the same rows one by one."""
        columns = self.columns(table, **among)
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def groups(self, path: Path) -> Iterator[int]:
        """Number the row groups of a file."""
        import pyarrow.parquet as pq

        yield from range(pq.read_metadata(path).num_row_groups if path.is_file() else 0)

    def group(self, path: Path, number: int) -> Any:
        """Give one row group of a file as an Arrow table."""
        import pyarrow.parquet as pq

        return pq.ParquetFile(path).read_row_group(number)

    def path(self, table: Table) -> Path:
        """Give the file of a table."""
        return self.directory / (table.schema or "") / f"{table.name}.parquet"

    def attention_path(self, extraction_id: int) -> Path:
        """Give the file of an extraction's attention."""
        return self.directory / FOLDER / f"extraction_{extraction_id}.parquet"

    def files(self, *tables: Table) -> dict[str, str]:
        """Give the SHA-256 of the files of some tables, by path."""
        wanted = {table.fullname for table in tables}
        return {file["path"]: file["sha256"] for file in self.told["files"] if file["table"] in wanted}

    def _refuse_unknown_columns(self, file: Mapping[str, Any]) -> None:
        import pyarrow.parquet as pq

        table = metadata.tables.get(file["table"])
        names = set(pq.read_schema(self.directory / file["path"]).names)
        if table is None or not names <= set(table.c.keys()):
            written = self.told["schema_revision"]
            raise BadInput(
                f"was written at schema revision {written}, this program is at {migrations.head()}",
                self.directory / file["path"], "install the newer attention-warehouse",
            )  # fmt: skip


def _loaded(table: Table, name: str, values: list[Any]) -> list[Any]:
    if isinstance(table.c[name].type, JSONB):
        return [None if value is None else json.loads(value) for value in values]
    return values
