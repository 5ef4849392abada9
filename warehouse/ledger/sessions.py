"""Other sessions of the database: what they are using is not taken from under them.

Who computes holds `FORGETTING` shared from before the plan is made until the last unit is written; who forgets holds it
alone. So nothing is computed from what was forgotten meanwhile.
"""

import time
from collections.abc import Sequence
from typing import Any

import psycopg

from warehouse.errors import Busy
from warehouse.ledger.locks import FORGETTING, RUNS, is_held

Connection = psycopg.Connection[Any]

STEP_S = 0.02


def use(connection: Connection) -> None:
    """Keep what is read from now on from being forgotten until `release` or the connection's end.

    It waits where one forgets.
    """
    connection.execute("SELECT pg_advisory_lock_shared(%s)", [FORGETTING])


def release(connection: Connection) -> None:
    """Let what was read be forgotten."""
    connection.execute("SELECT pg_advisory_unlock_shared(%s)", [FORGETTING])


def refuse_users(connection: Connection, doing: str) -> None:
    """Let nobody use what is stored until the connection is closed.

    Raises
    ------
    Busy
        If another process ingests, computes or forgets now.
    """
    alone = connection.execute("SELECT pg_try_advisory_lock(%s)", [FORGETTING]).fetchone()
    running = connection.execute(_RUNNING).fetchone()
    if alone and alone[0] and running is None:
        return
    who = f"run {running[0]} (`{running[1]}`, process {running[2]} on {running[3]})" if running else "another process"
    raise Busy(f"{who[0].upper()}{who[1:]} uses the warehouse now: wait until it has ended, then {doing} again.")


def outlasting(connection: Connection, relations: Sequence[str], patience_s: float) -> int:
    """Wait for the transactions that may still read what is gone; give the number of those that go on all the same.

    They are those that have a snapshot now, or have used one of the relations: an open transaction may come back to
    what it saw.

    Parameters
    ----------
    connection : psycopg.Connection
        In autocommit: in a transaction of its own it would wait for ever for others that do the same.
    relations : sequence of str
        Tables by name, with their schema.
    patience_s : float
        How long to wait [s].
    """
    deadline = time.monotonic() + patience_s
    older = waiting = _transactions(connection, relations)
    while waiting and time.monotonic() < deadline:
        time.sleep(STEP_S)
        waiting = older & _transactions(connection, relations)
    return len(waiting)


def _transactions(connection: Connection, relations: Sequence[str]) -> set[str]:
    return {name for (name,) in connection.execute(_TRANSACTIONS, [list(relations)]).fetchall()}


# workers may outlive the process that leads their run
_RUNNING = f"""
SELECT run_id, job, process_id, host
FROM ops.run
WHERE
    run_status = 'running'
    AND {is_held(RUNS, "run.run_id")}
    OR EXISTS (SELECT 1 FROM mart.lease WHERE lease.run_id = run.run_id AND is_held)
ORDER BY run_id
LIMIT 1
"""
# the vacuum that the server does by itself reads no rows for anybody
_TRANSACTIONS = """
SELECT DISTINCT virtualtransaction
FROM pg_locks
JOIN pg_stat_activity USING (pid)
WHERE
    pid <> pg_backend_pid()
    AND datid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND backend_type IS DISTINCT FROM 'autovacuum worker'
    AND (
        locktype = 'virtualxid' AND backend_xmin IS NOT NULL
        OR locktype = 'relation' AND granted
        AND relation IN (SELECT to_regclass(name)::oid FROM unnest(%s::text[]) AS named (name))
    )
"""
