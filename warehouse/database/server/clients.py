"""Where PostgreSQL's own programs for dumping and restoring are, of a version that can read a server or a dump."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from warehouse.database.server.binaries import CHOSEN_BY, SYSTEM, directories_of_wheels, major_version
from warehouse.errors import DatabaseUnavailable


def find_clients(needed: int, environment: Mapping[str, str]) -> Path:
    """Find the directory that holds a pg_dump and a pg_restore of a major version, or else of the next newer one.

    Parameters
    ----------
    needed : int
        The oldest major version that will do: pg_dump reads no server newer than itself, pg_restore no newer dump.
    environment : mapping of str to str
        ``WAREHOUSE_PG_BIN`` names a directory to look in, ``PATH`` others; a system's are taken before a wheel's of
        the same version, which cannot encrypt connections.

    Raises
    ------
    DatabaseUnavailable
        There are none, or only older ones.
    """
    chosen = [Path(environment[CHOSEN_BY]).expanduser().absolute()] if environment.get(CHOSEN_BY) else []
    looked_at = [*chosen, *_of_system(environment), *directories_of_wheels()]
    found = [path for path in looked_at if (path / "pg_dump").is_file() and (path / "pg_restore").is_file()]
    versions = {path: client_version(path) for path in found}
    if fitting := [path for path in found if versions[path] >= needed]:
        return min(fitting, key=versions.__getitem__)
    newest = f", only those of version {max(versions.values())}" if versions else ""
    raise DatabaseUnavailable(
        f"There are no pg_dump and pg_restore of PostgreSQL {needed} or newer on this machine{newest}: install "
        f"PostgreSQL's client programs, and name their directory in {CHOSEN_BY}."
    )


def client_version(directory: Path) -> int:
    """Ask pg_dump for its major version, e.g. 18."""
    return major_version(directory, "pg_dump")


def _of_system(environment: Mapping[str, str]) -> Iterator[Path]:
    if found := shutil.which("pg_dump", path=environment.get("PATH")):
        yield Path(found).parent
    versions = (int(path.name) for path in SYSTEM.glob("[0-9]*") if path.name.isdigit())
    yield from (SYSTEM / str(version) / "bin" for version in sorted(versions, reverse=True))
