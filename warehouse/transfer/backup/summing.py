"""Checksums of all tables, with progress: of what goes into a backup, and of what came out of it."""

from warehouse.database.types import Connection
from warehouse.progress import Progress
from warehouse.transfer import checksums


def table_checksums(connection: Connection, progress: Progress, total: int | None = None) -> dict[str, str]:
    """Give the checksum of every table (`checksums.of`); `total` is the number of tables where it is known."""
    found = {}
    with progress.bar("checksums", total, "table") as bar:
        for name, checksum in checksums.each_table(connection):
            found[name] = checksum
            bar.update()
    return found
