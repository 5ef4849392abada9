"""Which code runs, in which environment, and for whom."""

import getpass
import os
import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

DECIDING_PACKAGES = ("numpy", "scipy", "psycopg", "sqlalchemy", "torch", "transformers")


def code_version(digest: str = "") -> str:
    """Give the package's version, with the digest of the code that computes where there is one."""
    try:
        number = version("attention-warehouse")
    except PackageNotFoundError:  # a bare checkout on the path
        number = "0"
    return f"{number}+{digest[:12]}" if digest else number


def environment() -> dict[str, str]:
    """Give the versions of what decides numbers, by name."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in DECIDING_PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def user() -> str:
    """Name who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a passwd entry
        return str(os.getuid())
