"""Where `sql/` and `alembic/` lie: beside this package in an installed wheel, at the top of a checkout otherwise."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def sql_directory() -> Path:
    """Give the directory of the SQL files."""
    return _beside_or_above("_sql", "sql")


def alembic_directory() -> Path:
    """Give the directory of the migrations."""
    return _beside_or_above("_alembic", "alembic")


def _beside_or_above(installed: str, checkout: str) -> Path:
    beside = _PACKAGE / installed
    return beside if beside.is_dir() else _PACKAGE.parent / checkout
