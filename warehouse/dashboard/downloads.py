"""Files of what a view shows: the rows as CSV and Parquet, the chart as SVG, PNG and as its specification."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.charts import Figure, rendering
from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.claim_view import claim_view
from warehouse.dashboard.drawings import DATA, DRAWING, FORM, FORMS, VIEW
from warehouse.dashboard.exhibit_view import choose
from warehouse.dashboard.heads import head_view
from warehouse.dashboard.model_pair import model_pair
from warehouse.dashboard.reader_view import reader_view
from warehouse.dashboard.sentence_view import sentence_view
from warehouse.dashboard.sql_box import csv_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput, UnknownName
from warehouse.report.exhibits import exhibits
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
    """Make the file that an address asks for: of an exhibit, or of a drawing on a view.

    Raises
    ------
    BadInput
        There is nothing to download, or what makes this form is not installed.
    UnknownName
        There is no such view, or no such drawing on it.
    """
    return _of_view(connection, asked) if VIEW in asked else _of_exhibit(connection, asked)


def _of_exhibit(connection: Connection, asked: Mapping[str, str]) -> Download:
    choices = Choices(asked)
    known = {one.name: one for one in exhibits()}
    exhibit = known[choices.pick("exhibit", "Exhibit", [Option(name, name) for name in known])]
    form = choices.pick(FORM, "Form", list(FORMS if exhibit.figure else DATA))
    filled = choose(connection, [exhibit], exhibit.page, choices).of(connection, exhibit)
    if not filled.pages:
        raise BadInput("has nothing to show", exhibit.name, missing(filled).removeprefix("Nothing to show: "))
    return _made(exhibit.name, form, filled.rows, lambda: drawn(exhibit, filled.rows))


def _of_view(connection: Connection, asked: Mapping[str, str]) -> Download:
    view = DRAWN.get(asked[VIEW])
    if view is None:
        raise UnknownName("view with drawings", asked[VIEW], list(DRAWN))
    known = {one.name: one for one in view(connection, asked).drawings()}
    found = known.get(asked.get(DRAWING, ""))
    if found is None:
        raise UnknownName("drawing", asked.get(DRAWING, ""), list(known))
    chart = found.chart
    form = Choices(asked).pick(FORM, "Form", list(FORMS if chart else DATA))
    return _made(found.name, form, found.rows, lambda: chart)


def _made(name: str, form: str, rows: Sequence[Row], chart: Callable[[], Any]) -> Download:
    return Download(f"{name}.{form}", KINDS[form], MAKERS[form](rows, chart))


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


MAKERS: Mapping[str, Callable[[Sequence[Row], Callable[[], Figure]], bytes]] = {
    "csv": lambda rows, chart: as_csv(rows).encode(),
    "parquet": lambda rows, chart: parquet(rows),
    "svg": lambda rows, chart: rendering.svg(chart().spec).encode(),
    "png": lambda rows, chart: rendering.png(rendering.svg(chart().spec)),
    "vl.json": lambda rows, chart: json.dumps(chart().spec, indent=1).encode(),
}
DRAWN: Mapping[str, Callable[[Connection, Mapping[str, str]], Any]] = {
    "/reader": reader_view, "/sentence": sentence_view, "/claims": claim_view, "/heads": head_view,
    "/models": model_pair,
}  # fmt: skip
"""Views that have drawings beside exhibits."""
