"""What postgresql.conf says of the embedded server: few large queries on a small machine."""

import re
from pathlib import Path

SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "100",
    "max_locks_per_transaction": "2048",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "jit": "off",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "enable_mergejoin": "off",
    "checkpoint_timeout": "15min",
    "max_wal_size": "4GB",
}

ADDED = ("max_locks_per_transaction", "enable_mergejoin")
"""Settings that directories made by an earlier version get when they are started.

A question about all attention locks each partition and its index: of 50,000 extractions 100,000 locks, where the server
has room for this number times that of connections, for all sessions together. sql/role/settings.sql says why nothing is
joined by merging.
"""

COUNTING = "pg_stat_statements"
"""The library that counts statements, for `warehouse db slow`; PostgreSQL's contrib has it, not every wheel."""

VOLATILE_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def preload_settings(binaries: Path) -> list[str]:
    """Give what to start the server with so that it counts statements; nothing where its programs have no such library.

    It is not a line of postgresql.conf: a directory must start with programs that have the library and with others.
    """
    places = [binaries.parent / "lib", binaries.parent / "lib" / "postgresql"]
    there = any((place / f"{COUNTING}{ending}").exists() for place in places for ending in (".so", ".dylib", ".dll"))
    return [f"-c shared_preload_libraries={COUNTING}"] if there else []


def missing(written: str) -> str:
    """Give the lines that a postgresql.conf of an earlier version lacks; what somebody has set is kept."""
    lacking = [name for name in ADDED if not re.search(rf"^\s*{name}\b", written, re.MULTILINE)]
    return "".join(f"{name} = {SETTINGS[name]}\n" for name in lacking)


def as_text(*, volatile: bool) -> str:
    """Give the lines to append to postgresql.conf; `volatile` adds never to wait for the disk."""
    settings = SETTINGS | VOLATILE_SETTINGS if volatile else SETTINGS
    return "".join(f"{name} = {value}\n" for name, value in settings.items())
