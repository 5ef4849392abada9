"""What every command is handed: the way to the database, the environment, and where progress goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.database import Database
    from warehouse.progress import Progress


@dataclass(frozen=True)
class Door:
    """What every command is handed.

    Attributes
    ----------
    dsn : str or None
        The value of ``--dsn``.
    quiet : bool
        No progress and no remarks.
    environment : mapping of str to str
        The process's environment; read here and nowhere below.
    """

    dsn: str | None = None
    quiet: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def database(self) -> "Database":
        """Open the database the user means; the embedded server is started where none is named."""
        from warehouse.database import open_database

        return open_database(self.dsn, self.environment)

    @property
    def progress(self) -> "Progress":
        """Where progress goes."""
        from warehouse.progress import Progress

        return Progress(self.quiet)
