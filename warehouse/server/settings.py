"""What postgresql.conf says of the embedded server: few large queries on a small machine."""

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

VOLATILE_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def as_text(*, volatile: bool) -> str:
    """Give the lines to append to postgresql.conf; `volatile` adds never to wait for the disk."""
    settings = SETTINGS | VOLATILE_SETTINGS if volatile else SETTINGS
    return "".join(f"{name} = {value}\n" for name, value in settings.items())
