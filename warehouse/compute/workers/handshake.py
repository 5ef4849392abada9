"""Before work goes to workers elsewhere: have they the same code, and do they reach the same database?

Both sides meet in the database: who leads holds a lock with a number drawn for the purpose, and a worker that does not
see it is in another one, such as one on its own machine that has the same address.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from warehouse.database.connection import Database
from warehouse.errors import WarehouseError
from warehouse.ledger.locks import HANDSHAKE, is_held
from warehouse.ledger.versions import code_version, environment
from warehouse.plugin.code import code_digest
from warehouse.plugin.registry import analyses

DECIDING = ("numpy", "scipy")
"""Packages that decide numbers and must be the same everywhere."""


@dataclass(frozen=True)
class Handshake:
    """Where to meet, and with which versions."""

    database: Database
    number: int
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """Why a worker is of no use, and what to do about it; both empty where it is of use."""

    complaint: str = ""
    remedy: str = ""


@contextmanager
def handshake_offered(database: Database) -> Iterator[Handshake]:
    """Hold a handshake_offered in a database for the time of the block."""
    with database.connect(autocommit=True) as connection:
        number = secrets.randbelow(2**31)
        connection.execute("SELECT pg_advisory_lock(%s, %s)", [HANDSHAKE, number])
        yield Handshake(database, number, versions())
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", [HANDSHAKE, number])


def answer_handshake(place: Handshake) -> Answer:
    """Come to the handshake_offered; runs in the worker."""
    mine = versions()
    for name, theirs in place.versions.items():
        if (own := mine.get(name, "none")) != theirs:
            return Answer(f"has {name} {own} where this machine has {theirs}", "install the same versions there")
    try:
        with place.database.connect(autocommit=True, read_only=True) as connection:
            row = connection.execute(_IS_HERE, [place.number]).fetchone()
    except WarehouseError as error:
        return Answer(f"does not reach the database ({str(error).partition(':')[0]})", _REMEDY)
    if row != (True,):
        return Answer(f"finds another database at {place.database.place}", _REMEDY)
    return Answer()


@cache
def versions() -> dict[str, str]:
    """Give what must be the same everywhere: this package with a digest of its code, analyses of others, numerics."""
    known = environment()
    deciding = {name: known.get(name, "none") for name in DECIDING}
    others = {one.name: code_digest(one)[:12] for one in analyses().values() if not one.is_ours}
    return {"attention-warehouse": code_version(_digest_of_code()), **others, **deciding}


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for package in ("warehouse", "analytics"):
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


_REMEDY = (
    "give with --dsn the address of a server that every worker reaches; the embedded one answers on this machine only"
)
_IS_HERE = f"SELECT {is_held(HANDSHAKE, '%s')}"
