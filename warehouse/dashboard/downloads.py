"""Files of what a view shows: the rows as CSV and Parquet, the chart as SVG, PNG and as its specification."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.charts import rendering
from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.exhibit_view import DATA, FORMS, choose
from warehouse.dashboard.sql_box import csv_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.report.exhibits import Exhibit, exhibits
from warehouse.report.filling import Row
from warehouse.report.page import missing
from warehouse.report.tables import as_csv
from warehouse.report.writing import drawn

KINDS = {
    "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "svg": "image/svg+xml",
    "png": "image/png", "vl.json": "application/json",
}  # fmt: skip


@dataclass(frozen=True)
class Download:
    """A file: its name, what kind of content it has, and the content."""

    name: str
    kind: str
    content: bytes


def download(connection: Connection, asked: Mapping[str, str]) -> Download:
    """Make the file that an address asks for.

    Raises
    ------
    BadInput
        There is nothing to download, or what makes this form is not installed.
    """
    choices = Choices(asked)
    known = {one.name: one for one in exhibits()}
    exhibit = known[choices.pick("exhibit", "Exhibit", [Option(name, name) for name in known])]
    form = choices.pick("form", "Form", list(FORMS if exhibit.figure else DATA))
    filled = choose(connection, [exhibit], exhibit.page, choices).of(connection, exhibit)
    if not filled.pages:
        raise BadInput("has nothing to show", exhibit.name, missing(filled).removeprefix("Nothing to show: "))
    return Download(f"{exhibit.name}.{form}", KINDS[form], MAKERS[form](exhibit, filled.rows))


def answer_file(connection: Connection, asked: Mapping[str, str]) -> Download:
    """Make a CSV file of the answer to a question in SQL."""
    return Download("answer.csv", KINDS["csv"], csv_of(connection, asked))


def parquet(rows: Sequence[Row]) -> bytes:
    """Give rows as a Parquet file.

    Raises
    ------
    BadInput
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed", "Parquet", "install attention-warehouse[export]"
        ) from None
    plain = [{name: float(value) if _is_decimal(value) else value for name, value in row.items()} for row in rows]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(plain), file)
    return file.getvalue()


def _is_decimal(value: Any) -> bool:
    return type(value).__name__ == "Decimal"


def _svg(exhibit: Exhibit, rows: Sequence[Row]) -> str:
    return rendering.svg(drawn(exhibit, rows).spec)


MAKERS: Mapping[str, Callable[[Exhibit, Sequence[Row]], bytes]] = {
    "csv": lambda exhibit, rows: as_csv(rows).encode(),
    "parquet": lambda exhibit, rows: parquet(rows),
    "svg": lambda exhibit, rows: _svg(exhibit, rows).encode(),
    "png": lambda exhibit, rows: rendering.png(_svg(exhibit, rows)),
    "vl.json": lambda exhibit, rows: json.dumps(drawn(exhibit, rows).spec, indent=1).encode(),
}
