"""Advisory locks of the database: a number for each purpose, kept together so that none is taken twice; who holds one.

A lock goes with the session that holds it, so it tells whether a process lives, on whatever machine it is.
"""

JOBS = 20231206
"""First key of the lock of a job, which is done once at a time; the second is the hash of its name."""
RUNS = 20231207
"""First key of the lock of a run that goes on; the second is its number. `fn.lock_holder` knows it too."""
LEASES = 20231208
"""First key of the lock of a worker; the second is a number of its own. `fn.lock_holder` knows it too."""
SWEEPING = 20231208
"""The lock of the one process that drops partitions; it has one key, which is not a first key."""
FORGETTING = 20231209
"""The lock between those who use what is stored and those who forget it; of one key too."""
HANDSHAKE = 20231210
"""First key of the lock that workers look for, to know that they are in the same database; the second is drawn."""
WORKERS = 20231212
"""First key of the lock that every session of a process that works holds, shared; the second is its number.

`fn.lock_holder` knows it too.
"""
WITHDRAWING = 20231213
"""The lock of who forgets or waits to: who begins to use what is stored has to pass it; of one key."""
RESTORING = 20231211
"""First key of the lock of a restore, one of a database at a time; the second is the hash of the database's name."""

OF_HERE = (
    "locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def holders(first: int) -> str:
    """Give the SQL that lists the second keys with which anyone holds a lock in this database."""
    return f"SELECT objid::bigint FROM pg_locks WHERE {OF_HERE} AND classid = {first}::oid"


def is_held(first: int, second: str) -> str:
    """Give the SQL that tells whether anyone holds a lock in this database; `second` is an expression of SQL."""
    return f"EXISTS ({holders(first)} AND objid = {second}::oid)"
