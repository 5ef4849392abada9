"""The floor of the attention warehouse: it knows no data set and no analysis. Start reading in `pipeline.py`.

In a notebook: ``import warehouse; wh = warehouse.connect()``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.client import Warehouse


def connect(address: str | None = None, *, write: bool = False) -> "Warehouse":
    """Open a warehouse from Python.

    Parameters
    ----------
    address : str or None
        ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; by default what ``DATABASE_URL`` or libpq's variables
        name, or else the embedded server, which is started.
    write : bool
        Whether it may ingest and compute.

    Raises
    ------
    BadInput
        The address cannot be read.
    DatabaseUnavailable
        There is no such server, or it lets nobody in.
    SchemaMismatch
        The database has no warehouse, or one of another version.
    """
    from os import environ

    from warehouse.client import Warehouse
    from warehouse.database.connection import open_database

    return Warehouse(open_database(address, environ), write=write)
