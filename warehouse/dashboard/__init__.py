"""A local page for people who would rather look than query: curves, fits, claims, and one head beside the readers.

`serving` answers requests, `views` says what each address shows; one module each asks the database for a view.
`warehouse.charts` makes the charts, which the page draws itself (`static`). A view's whole state is its address, so
that it can be kept and sent.
"""

from collections.abc import Callable

from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.schema import migrations

__all__ = ["serve"]


def serve(database: Database, port: int, announce: Callable[[str], None]) -> None:
    """Serve the dashboard on 127.0.0.1 until interrupted.

    Parameters
    ----------
    database : Database
        What is looked at; what is stored is never changed.
    port : int
        0 takes any that is free.
    announce : callable
        Called with the page's address once it answers.

    Raises
    ------
    BadInput
        If the port is taken, or the extra is not installed.
    SchemaMismatch
        If the database is not one of this program's.
    """
    try:
        from warehouse.dashboard import serving
    except ModuleNotFoundError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed",
            "warehouse dashboard",
            "install attention-warehouse[dashboard]",
        ) from None
    migrations.check(database)
    serving.run(database, port, announce)
