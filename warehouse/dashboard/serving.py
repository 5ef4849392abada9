"""Answers requests of a browser on this machine, and of none elsewhere."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler

from warehouse.dashboard.downloads import Download, answer_file, download
from warehouse.dashboard.reading import open_as_reader, open_for_reading
from warehouse.dashboard.views import SQL, VIEWS, DashboardView, Entrance, page, trouble_page
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, WarehouseError

ADDRESS = "127.0.0.1"
NAMES = {ADDRESS, "localhost"}
"""What a browser may call this machine: a page elsewhere whose name is made to point here is refused."""
MOST_BYTES, BODY_S = 4096, 10
"""How long the body of a request may be [bytes], and how long it may take [s]."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""The browser itself then sees to it that nothing comes from elsewhere."""
Making = Callable[[Connection, Mapping[str, str]], Download]


def application(database: Database) -> Application:
    """Give the application: a handler for each view, and the files that pages need."""
    own = Path(__file__).parent / "static"
    return Application(
        [
            *((view.path, _Answer, {"database": database, "view": view}) for view in VIEWS),
            (r"/download", _Download, {"database": database, "made": download, "enter": open_for_reading}),
            (rf"{SQL}\.csv", _Download, {"database": database, "made": answer_file, "enter": open_as_reader}),
            (r"/static/(dashboard\.(?:css|js)|vega\.js)", _StaticFile, {"path": str(own)}),
            (r".*", _Nothing),
        ]
    )


def server_of(database: Database) -> HTTPServer:
    """Give the server; a body of a request, which no view makes use of, is refused before it is read."""
    return HTTPServer(application(database), max_body_size=MOST_BYTES, body_timeout=BODY_S)


def run(database: Database, port: int, announce: Callable[[str], None]) -> None:
    """Answer until interrupted; `announce` is told the address."""
    asyncio.run(_run(database, port, announce))


async def _run(database: Database, port: int, announce: Callable[[str], None]) -> None:
    try:
        sockets = bind_sockets(port, ADDRESS)
    except OSError as error:
        raise BadInput(f"cannot be listened on ({error.strerror})", f"port {port}", "give another --port") from None
    server = server_of(database)
    server.add_sockets(sockets)
    announce(f"http://{ADDRESS}:{sockets[0].getsockname()[1]}/")
    await asyncio.Event().wait()


class _Local(RequestHandler):
    """Answers only to who calls this machine by its own name."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        try:
            host = urlsplit(f"//{self.request.host}").hostname
        except ValueError:  # as of an address whose bracket is not closed
            raise HTTPError(400) from None
        is_from_elsewhere = self.request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if host not in NAMES or (is_from_elsewhere and self.request.path.startswith(SQL)):
            raise HTTPError(403)  # another page may link to a view, and not ask questions in its reader's name

    def _asked(self) -> dict[str, str]:
        return {name: self.get_argument(name) for name in self.request.arguments}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Show what cannot be done as a page with one sentence."""
        try:
            yield
        except WarehouseError as error:
            self.set_status(404 if isinstance(error, BadInput) else 503)
            self.write(trouble_page(str(error)))


class _Answer(_Local):
    """Shows a view."""

    def initialize(self, database: Database, view: DashboardView) -> None:
        self._database, self._view = database, view

    def get(self) -> None:
        with self._told(), self._view.enter(self._database) as connection:
            self.write(page(self._view, connection, self._asked()))


class _Download(_Local):
    """Hands out a file of what a view shows."""

    def initialize(
        self, database: Database, made: Callable[[Connection, Mapping[str, str]], Download], enter: Entrance
    ) -> None:
        self._database, self._made, self._enter = database, made, enter

    def get(self) -> None:
        with self._told(), self._enter(self._database) as connection:
            made = self._made(connection, self._asked())
            self.set_header("Content-Type", made.kind)
            self.set_header("Content-Disposition", f'attachment; filename="{made.name}"')
            self.write(made.content)


class _StaticFile(_Local, StaticFileHandler):
    """Hands out a file that pages need."""


class _Nothing(_Local):
    """Tells that there is no such address."""

    def get(self) -> None:
        self.set_status(404)
        self.write(trouble_page(f"There is nothing at {self.request.path}: choose one of the views above."))
