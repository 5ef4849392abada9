"""The report's figures as charts of Altair, which a notebook shows. The only module that imports Altair."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.errors import BadInput, UnknownName
from warehouse.report.exhibits import Exhibit, exhibits, narrowed, question
from warehouse.report.filling import fill
from warehouse.report.page import missing
from warehouse.report.writing import drawn


def chart(connection: Connection, name: str, given: Mapping[str, Any]) -> Any:
    """Draw the one page of an exhibit that has the given values in its columns.

    Raises
    ------
    UnknownName
        There is no such figure, or it has no such column.
    BadInput
        There is nothing to draw, more than one figure fits, or Altair is not installed.
    """
    known = {one.name: one for one in exhibits() if one.figure}
    if name not in known:
        raise UnknownName("figure", name, list(known))
    columns = _columns(connection, known[name])
    for column in given:
        if column not in columns:
            raise UnknownName(f"column of {name}", column, columns)
    chosen = {
        column: list(value) if isinstance(value, list | tuple | set) else value for column, value in given.items()
    }
    filled = fill(connection, narrowed(connection, known[name], chosen))
    if not filled.pages:
        raise BadInput("has nothing to show", name, missing(filled).removeprefix("Nothing to show: "))
    if len(filled.pages) > 1:
        told = "; ".join(", ".join(map(str, one.chosen.values())) for one in filled.pages[:6])
        raise BadInput(
            f"{len(filled.pages)} figures fit this choice", name, f"choose {', '.join(known[name].page)}: {told}"
        )
    return _altair().Chart.from_dict(drawn(known[name], filled.pages[0].rows).spec)


def _columns(connection: Connection, exhibit: Exhibit) -> list[str]:
    found = connection.execute(sql.SQL("SELECT * FROM ({}) AS exhibit LIMIT 0").format(sql.SQL(question(exhibit))))
    return [column.name for column in found.description or ()]


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed", "chart", "run `pip install 'attention-warehouse[notebook]'`"
        ) from None
    return altair
