"""What each address shows; exhibits of the report stand at `/`, `/models`, `/scale`, `/loss` and `/exhibits`."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import jinja2

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.claim_view import claim_view
from warehouse.dashboard.drawings import files
from warehouse.dashboard.exhibit_view import choose, exhibit_parts
from warehouse.dashboard.heads import head_view
from warehouse.dashboard.leaderboard import leaderboard
from warehouse.dashboard.model_pair import model_pair
from warehouse.dashboard.reader_view import reader_view
from warehouse.dashboard.reading import open_as_reader, open_for_reading
from warehouse.dashboard.run_view import run_view
from warehouse.dashboard.sentence_view import sentence_view
from warehouse.dashboard.sql_box import sql_box
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.report.exhibits import Exhibit, exhibits

Asked = Mapping[str, str]
Entrance = Callable[[Database], AbstractContextManager[Connection]]
SQL = "/sql"


@dataclass(frozen=True)
class DashboardView:
    """An address of the dashboard.

    Attributes
    ----------
    path, title : str
        The address, and what the navigation calls it.
    template : str
        The file that says how it looks.
    filled : callable
        Gives what the template is filled with, from a connection and the address's query.
    enter : callable
        How the database is entered for it.
    """

    path: str
    title: str
    template: str
    filled: Callable[[Connection, Asked], dict[str, Any]]
    enter: Entrance = open_for_reading


def page(view: DashboardView, connection: Connection, asked: Asked) -> str:
    """Give a view as HTML."""
    who = connection.execute("SELECT current_user").fetchone() or ("?",)
    return _render(view.template, view=view, who=who[0], **view.filled(connection, asked))


def trouble_page(sentence: str) -> str:
    """Give the page that says in a sentence why there is nothing to see."""
    return _render("trouble.html", view=None, sentence=sentence)


def _of(*names: str, keys: tuple[str, ...] = ()) -> Callable[[Connection, Asked], dict[str, Any]]:
    """Show some exhibits, chosen by `keys`."""

    def filled(connection: Connection, asked: Asked) -> dict[str, Any]:
        choices = Choices(asked)
        known = _by_name()
        shown = [known[name] for name in names if name in known]
        return _shown(connection, shown, keys, choices)

    return filled


def _any(connection: Connection, asked: Asked) -> dict[str, Any]:
    """Show the exhibit that the address names."""
    choices = Choices(asked)
    known = _by_name()
    name = choices.pick("exhibit", "Exhibit", [Option(one.name, one.title) for one in known.values()])
    keys = tuple(key for key in known[name].page if key in ("corpus", "measure"))
    return _shown(connection, [known[name]], keys, choices)


def _shown(connection: Connection, shown: list[Exhibit], keys: tuple[str, ...], choices: Choices) -> dict[str, Any]:
    wanted = choose(connection, shown, keys, choices)
    return {"choices": choices, "parts": exhibit_parts(connection, shown, wanted, choices)}


def _by(shows: Callable[[Connection, Asked], Any]) -> Callable[[Connection, Asked], dict[str, Any]]:
    """Fill a template with what a function shows, and with the choices in it."""

    def filled(connection: Connection, asked: Asked) -> dict[str, Any]:
        shown = shows(connection, asked)
        return {"choices": shown.choices, "shown": shown}

    return filled


def _by_name() -> dict[str, Exhibit]:
    return {one.name: one for one in exhibits()}


def _render(template: str, **filling: Any) -> str:
    return _templates.get_template(template).render(views=VIEWS, files=files, **filling)


VIEWS = (
    DashboardView("/", "Resemblance", "exhibits.html",
         _of("resemblance_in_context", "explained_parts", "layer_curve", "model_summary", keys=("corpus", "measure"))),
    DashboardView("/leaderboard", "Leaderboard", "leaderboard.html", _by(leaderboard)),
    DashboardView("/models", "Two models", "models.html", _by(model_pair)),
    DashboardView("/scale", "Size", "exhibits.html", _of("scale_fit", "model_fit", keys=("corpus", "measure"))),
    DashboardView("/loss", "Loss", "exhibits.html",
         _of("loss_scatter", "surprisal_fit", "model_fit", keys=("corpus", "measure"))),
    DashboardView("/heads", "Heads and readers", "heads.html", _by(head_view)),
    DashboardView("/sentence", "Sentence", "subject.html", _by(sentence_view)),
    DashboardView("/reader", "Reader", "subject.html", _by(reader_view)),
    DashboardView("/claims", "Claims", "claims.html", _by(claim_view)),
    DashboardView("/exhibits", "All exhibits", "exhibits.html", _any),
    DashboardView(SQL, "SQL", "sql.html", _by(sql_box), open_as_reader),
    DashboardView("/run", "Runs", "run.html", _by(run_view)),
)  # fmt: skip
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("warehouse.dashboard"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)  # fmt: skip
