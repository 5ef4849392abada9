"""What every command is handed: the way to the database, the environment, and where progress goes."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from warehouse import logs

if TYPE_CHECKING:
    from warehouse.database.connection import Database
    from warehouse.progress import Progress


@dataclass(frozen=True)
class CommandContext:
    """What every command is handed.

    Attributes
    ----------
    dsn : str or None
        The value of ``--dsn``.
    quiet : bool
        No progress and no remarks.
    environment : mapping of str to str
        The process's environment; read here and nowhere below.
    log_format : str
        The value of ``--log-format``.
    """

    dsn: str | None = None
    quiet: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    log_format: str = "text"

    def database(self) -> "Database":
        """Open the database the user means; the embedded server is started where none is named."""
        from warehouse.database.connection import open_database

        database = open_database(self.dsn, self.environment)
        for secret in (database.password(), self.environment.get("PGPASSWORD")):
            logs.hide(secret, unless=(database.name, *database.place.split(":")))
        return database

    @property
    def progress(self) -> "Progress":
        """Where progress goes."""
        from warehouse.progress import Progress

        return Progress(self.quiet, as_lines=self.log_format == "json")

    def remark(self, sentence: str, **facts: Any) -> None:
        """Say a sentence on standard error, unless it is to be quiet; facts are for programs."""
        logs.remark(sentence, **facts)

    def warn(self, sentence: str, **facts: Any) -> None:
        """Say a sentence on standard error even where it is to be quiet."""
        logs.remark(sentence, level=logging.WARNING, **facts)
