"""The files of an export, verified, and rows out of them as Python values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.parquet.checks import check_file, newer
from ingest.parquet.groups import row_group, select_rows
from ingest.parquet.references import check_references
from ingest.parquet.weights import Sinks, matrix
from warehouse.declarations import JSONB, Table
from warehouse.schema import migrations
from warehouse.schema.tables import model
from warehouse.transfer.export import verification
from warehouse.transfer.export.attention import FOLDER
from warehouse.transfer.export.files import need_pyarrow

TableColumns = dict[str, list[Any]]
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
    def open_export(cls, directory: Path) -> "Export":
        """Verify a folder: every checksum, and every table's columns, rows and values."""
        need_pyarrow()
        export = cls(directory, verification.read(directory))
        if export.told["schema_revision"] > migrations.head():
            raise newer(export.told, directory)
        for file in export.told["files"]:
            if file["path"].endswith(".parquet"):
                check_file(directory, file, export.told)
        check_references(export)
        return export

    @property
    def key(self) -> str:
        """What tells this export from any other, in the names of its units."""
        return str(self.told["sha256"])[:12]

    def batches(self, table: Table, **among: Sequence[Any]) -> Iterator[TableColumns]:
        """Yield the rows of a table whose columns have one of some values, by column, a row group at a time."""
        if any(not len(values) for values in among.values()):
            return
        for number in self.groups(self.path(table)):
            found = select_rows(self.group(self.path(table), number), among)
            if len(found):
                yield {name: _loaded(table, name, found.column(name).to_pylist()) for name in found.column_names}

    def columns(self, table: Table, **among: Sequence[Any]) -> TableColumns:
        """Give the same rows at once; of an absent table, none."""
        rows: TableColumns = {column.name: [] for column in table.c}
        for batch in self.batches(table, **among):
            for name, values in batch.items():
                rows[name] += values
        return {name: values for name, values in rows.items() if values} or rows

    def dicts(self, table: Table, **among: Sequence[Any]) -> list[dict[str, Any]]:
        """Give the same rows one by one."""
        columns = self.columns(table, **among)
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def groups(self, path: Path) -> Iterator[int]:
        """Number the row groups of a file."""
        import pyarrow.parquet as pq

        yield from range(pq.read_metadata(path).num_row_groups if path.is_file() else 0)

    def group(self, path: Path, number: int) -> Any:
        """Give one row group of a file as an Arrow table, if it fits the memory."""
        return row_group(path, number)

    def path(self, table: Table) -> Path:
        """Give the file of a table."""
        return self.directory / (table.schema or "") / f"{table.name}.parquet"

    def attention_path(self, extraction_id: int) -> Path:
        """Give the file of an extraction's attention."""
        return self.directory / FOLDER / f"extraction_{extraction_id}.parquet"

    def sinks(self, extraction_id: int, layer: int, sentences: Sequence[int]) -> Sinks | None:
        """Give what left some sentences in a layer, by sentence and word; None where the extraction tells nothing."""
        path, found = self.path(model.attention_sink), []
        for number in self._groups_with(path, extraction_id, layer):
            rows = select_rows(
                self.group(path, number),
                {"extraction_id": [extraction_id], "layer": [layer], "sentence_id": sentences},
            )
            if len(rows):
                mass = matrix(rows.column("sink_mass"), path) + matrix(rows.column("outside_mass"), path)
                found.append((rows.column("sentence_id").to_numpy(), rows.column("from_word").to_numpy(), mass))
        if not found:
            return None
        return (
            np.concatenate([f[0] for f in found]),
            np.concatenate([f[1] for f in found]),
            np.concatenate([f[2] for f in found], dtype=np.float64),
        )

    def _groups_with(self, path: Path, extraction_id: int, layer: int) -> Iterator[int]:
        """Number the row groups that may hold rows of a layer, as the file's statistics say."""
        import pyarrow.parquet as pq

        for number in self.groups(path):
            group = pq.read_metadata(path).row_group(number)
            bounds = {group.column(i).path_in_schema: group.column(i).statistics for i in range(group.num_columns)}
            wanted = {"extraction_id": extraction_id, "layer": layer}
            if all(
                (told := bounds[name]) is None or not told.has_min_max or told.min <= value <= told.max
                for name, value in wanted.items()
            ):
                yield number

    def files_of(self, path: Path) -> dict[str, str]:
        """Give the SHA-256 of a file, by its path."""
        return {file["path"]: file["sha256"] for file in self.told["files"] if self.directory / file["path"] == path}

    def files(self, *tables: Table) -> dict[str, str]:
        """Give the SHA-256 of the files of some tables, by path."""
        wanted = {table.fullname for table in tables}
        return {file["path"]: file["sha256"] for file in self.told["files"] if file["table"] in wanted}


def _loaded(table: Table, name: str, values: list[Any]) -> list[Any]:
    if isinstance(table.c[name].type, JSONB):
        return [None if value is None else json.loads(value) for value in values]
    return values
