"""The report's exhibits on a page: those of a view, for what the address chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from warehouse.dashboard.choices import Choices
from warehouse.dashboard.drawings import DATA, FORM, FORMS, Drawing
from warehouse.dashboard.links import links
from warehouse.dashboard.picking import MODELS, extractions_of, pick_models
from warehouse.dashboard.reading import WITHOUT_ATTENTION, expect_many, rows_of
from warehouse.database.types import Connection
from warehouse.report.exhibits import Exhibit, narrowed, question
from warehouse.report.filling import Filled, Page, fill
from warehouse.report.page import missing
from warehouse.report.tables import as_html
from warehouse.report.writing import drawn

LABELS = {"corpus": "Corpus", "measure": "Measure"}


@dataclass(frozen=True)
class Shown(Drawing):
    """One page of an exhibit as it is seen.

    Attributes
    ----------
    heading : str
        What it is of, where the exhibit has several pages here.
    origin : str
        Runs, n, exclusions and warnings.
    downloads : mapping of str to str
        Addresses of files, by their form.
    """

    heading: str
    origin: str
    downloads: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """An exhibit of a view: what is shown of it, or what to compute first."""

    exhibit: Exhibit
    pages: list[Shown] = field(default_factory=list)
    missing: str = ""


@dataclass(frozen=True)
class Wanted:
    """What an address chooses of exhibits: values of columns, and models with their extractions (None: all)."""

    columns: Mapping[str, str]
    models: Sequence[str] | None = None
    extractions: Sequence[int] = ()

    def of(self, connection: Connection, exhibit: Exhibit) -> Filled:
        """Ask for an exhibit's rows of the choice."""
        chosen: dict[str, Any] = {key: value for key, value in self.columns.items() if key in exhibit.page}
        if self.models is None or not exhibit.models:
            return fill(connection, narrowed(connection, exhibit, chosen))
        if exhibit.models == "extraction_id":
            return fill(connection, narrowed(connection, exhibit, chosen, self.extractions))
        return fill(connection, narrowed(connection, exhibit, {**chosen, exhibit.models: list(self.models)}))


def choose(connection: Connection, exhibits: Sequence[Exhibit], keys: Sequence[str], choices: Choices) -> Wanted:
    """Let the address choose among the values that exhibits have in the columns `keys`, and among models."""
    expect_many(connection)
    known = {one.name: _values(connection, one, [key for key in keys if key in one.page]) for one in exhibits}
    chosen: dict[str, str] = {}
    for key in keys:
        rows = [row for each in known.values() for row in each if key in row and _fits(row, chosen)]
        if rows:
            chosen[key] = choices.pick(key, LABELS.get(key, key), [str(row[key]) for row in rows])
    can_pick = "corpus" in chosen and any(one.models for one in exhibits)
    models = pick_models(connection, choices, chosen["corpus"]) if can_pick else None
    return wanted_of(connection, chosen, models)


def wanted_of(connection: Connection, columns: Mapping[str, str], models: Sequence[str] | None) -> Wanted:
    """Choose values of columns, a corpus among them where there are models."""
    return Wanted(columns, models, extractions_of(connection, columns["corpus"], models) if models is not None else ())


def exhibit_parts(connection: Connection, exhibits: Sequence[Exhibit], wanted: Wanted, choices: Choices) -> list[Part]:
    """Show what was chosen of exhibits."""
    return [_part(connection, one, wanted, choices) for one in exhibits]


def _values(connection: Connection, exhibit: Exhibit, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Give the combinations of values in the columns `keys` in the order of the exhibit, which opens on the first.

    Results by corpus and measure are looked for where ceilings are: to ask the exhibit itself would compute all of it.
    """
    if not keys:
        return []
    named = sql.SQL(", ").join(map(sql.Identifier, keys))
    if exhibit.compute and "measure" in exhibit.page:
        return rows_of(connection, _COMPARED.format(named))
    return rows_of(connection, _VALUES.format(named, sql.SQL(question(exhibit))))


_VALUES = sql.SQL("""
SELECT {0} FROM (SELECT {0}, row_number() OVER () AS place FROM ({1}) AS exhibit) AS placed
GROUP BY {0} ORDER BY min(place)
""")
_COMPARED = sql.SQL(
    """
SELECT {0} FROM mart.noise_ceiling GROUP BY {0}, corpus, measure
ORDER BY """
    + WITHOUT_ATTENTION
    + """, corpus, measure LIKE 'roi_value/%', measure
"""
)


def _fits(row: Mapping[str, Any], chosen: Mapping[str, str]) -> bool:
    return all(str(row[key]) == value for key, value in chosen.items() if key in row)


def _part(connection: Connection, exhibit: Exhibit, wanted: Wanted, choices: Choices) -> Part:
    filled = wanted.of(connection, exhibit)
    pages = [_shown(exhibit, page, wanted, choices) for page in filled.pages]
    return Part(exhibit, pages, "" if pages else missing(filled))


def _shown(exhibit: Exhibit, page: Page, wanted: Wanted, choices: Choices) -> Shown:
    heading = ", ".join(str(value) for key, value in page.chosen.items() if key not in wanted.columns)
    chart = drawn(exhibit, page.rows) if exhibit.figure else None
    told = [{name: value for name, value in row.items() if name not in page.chosen} for row in page.rows]
    table = as_html(told, links(str(page.chosen.get("corpus", ""))), label=exhibit.title)
    of_page = {name: str(value) for name, value in page.chosen.items()}
    if wanted.models is not None:
        of_page[MODELS] = "\n".join(wanted.models)
    downloads = {
        FORMS[form]: "/download?" + choices.query(of_page | {"exhibit": exhibit.name, FORM: form})
        for form in (FORMS if chart else DATA)
    }
    return Shown(exhibit.title, chart, table, page.rows, heading, page.origin, downloads)
