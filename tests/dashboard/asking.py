"""Asks the dashboard for a page or a file as a program does, without a browser."""

import csv
import io
import json
from collections.abc import Mapping
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pyarrow.parquet as pq

from warehouse.dashboard.downloads import download
from warehouse.dashboard.drawings import DRAWING, FORM, FORMS, VIEW, Drawing
from warehouse.database.types import Connection


def get(address: str, **headers: str) -> tuple[int, str]:
    """Give the status and the body of an answer, whatever it is."""
    try:
        with urlopen(Request(address, headers=headers)) as answered:
            return answered.status, answered.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def body(address: str) -> str:
    """Give the body of an answer, which has to be a page."""
    with urlopen(address) as answered:
        return answered.read().decode()


def assert_downloaded_in_every_form(
    connection: Connection, view: str, asked: Mapping[str, str], drawn: Drawing
) -> None:
    """Compare the files of a drawing on a view with what is drawn: rows and columns as data, and the chart."""
    files = {form: download(connection, {**asked, VIEW: view, DRAWING: drawn.name, FORM: form}) for form in FORMS}
    assert {file.name for file in files.values()} == {f"{drawn.name}.{form}" for form in FORMS}
    told = list(csv.DictReader(io.StringIO(files["csv"].content.decode())))
    stored = pq.read_table(io.BytesIO(files["parquet"].content)).to_pylist()
    assert list(told[0]) == list(stored[0]) == list(drawn.rows[0])
    assert len(told) == len(stored) == len(drawn.rows)
    assert stored == [dict(row) for row in drawn.rows]
    assert json.loads(files["vl.json"].content) == json.loads(json.dumps(drawn.chart.spec))
    assert files["svg"].content.startswith(b"<svg")
    assert files["png"].content.startswith(b"\x89PNG")
