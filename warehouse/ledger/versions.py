"""Which code runs, in which environment, and for whom."""

import getpass
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

DECIDING_PACKAGES = ("numpy", "scipy", "psycopg", "sqlalchemy", "torch", "transformers")


def code_version(digest: str = "") -> str:
    """Give the package's version, with the digest of the code that computes where there is one."""
    number = _installed("attention-warehouse") or "0"  # a bare checkout on the path has none
    return f"{number}+{digest[:12]}" if digest else number


def environment() -> dict[str, str]:
    """Give the versions of what decides numbers, by name."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    return {**found, **{name: number for name in DECIDING_PACKAGES if (number := _installed(name))}}


@cache
def _installed(package: str) -> str | None:
    """Give the version of a package, read from its files once; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def user() -> str:
    """Name who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a passwd entry
        return str(os.getuid())
