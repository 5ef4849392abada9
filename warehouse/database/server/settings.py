"""What postgresql.conf says of the embedded server: few large queries on a small machine."""

from pathlib import Path

SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "100",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "jit": "off",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "max_wal_size": "4GB",
}

COUNTING = "pg_stat_statements"
"""The library that counts statements, for `warehouse db slow`; PostgreSQL's contrib has it, not every wheel."""

VOLATILE_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def preloaded(binaries: Path) -> list[str]:
    """Give what to start the server with so that it counts statements; nothing where its programs have no such library.

    It is no line of postgresql.conf: a directory must start with programs that have the library and with others.
    """
    places = [binaries.parent / "lib", binaries.parent / "lib" / "postgresql"]
    there = any((place / f"{COUNTING}{ending}").exists() for place in places for ending in (".so", ".dylib", ".dll"))
    return [f"-c shared_preload_libraries={COUNTING}"] if there else []


def as_text(*, volatile: bool) -> str:
    """Give the lines to append to postgresql.conf; `volatile` adds never to wait for the disk."""
    settings = SETTINGS | VOLATILE_SETTINGS if volatile else SETTINGS
    return "".join(f"{name} = {value}\n" for name, value in settings.items())
