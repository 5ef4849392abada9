"""Other sessions of the database: what they are using is not taken from under them.

Who ingests or computes holds `FORGETTING` shared from before the plan is made until the last unit is written; who
forgets holds it alone. So nothing is computed from what was forgotten meanwhile. Who waits to forget already holds
`WITHDRAWING`, which all have to pass who begin: what runs is let end, and nothing new comes before the withdrawal.
"""

import time
from collections.abc import Sequence

from warehouse.database.types import Connection
from warehouse.ledger import heartbeats, waiting
from warehouse.ledger.heartbeats import Holder
from warehouse.ledger.locks import FORGETTING, LEASES, RUNS, WITHDRAWING, is_held

STEP_S = 0.02
MOMENT_S = 1.0
"""How long those are waited for who are just passing."""


def enter(connection: Connection, wait_s: float = 0.0) -> None:
    """Keep what is read from now on from being forgotten until the connection's end, unless somebody waits to forget.

    Raises
    ------
    Busy
        If somebody forgets, or waits to, for longer than `wait_s` seconds.
    """
    waiting.until(
        lambda: _has_entered(connection), lambda: heartbeats.holder(connection, _OF_ONE_KEY, [WITHDRAWING]),
        _withdraws, connection, wait_s,
    )  # fmt: skip


def is_withdrawal_waiting(connection: Connection) -> bool:
    """Tell whether somebody waits to forget, for those who have entered and may leave; each statement is committed."""
    row = connection.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [WITHDRAWING]).fetchone()
    return row != (True,)


def use(connection: Connection) -> None:
    """Keep what is read from now on from being forgotten until `release` or the connection's end.

    It is for those who work for somebody who has entered, and waits where one forgets, but not for who waits to.
    """
    connection.execute("SELECT pg_advisory_lock_shared(%s)", [FORGETTING])


def release(connection: Connection) -> None:
    """Let what was read be forgotten."""
    connection.execute("SELECT pg_advisory_unlock_shared(%s)", [FORGETTING])


def refuse_users(connection: Connection, doing: str, wait_s: float = 0.0) -> None:
    """Let nobody use what is stored until the connection is closed; those who use it now may end first.

    Raises
    ------
    Busy
        If another process ingests, computes or forgets, for longer than `wait_s` seconds.
    """
    until = time.monotonic() + wait_s
    waiting.until(
        lambda: _try(connection, "", WITHDRAWING), lambda: heartbeats.holder(connection, _OF_ONE_KEY, [WITHDRAWING]),
        lambda who: _in_use(who, doing), connection, max(wait_s, MOMENT_S),
    )  # fmt: skip
    waiting.until(
        lambda: _is_alone(connection), lambda: heartbeats.holder(connection, _USES, [FORGETTING]),
        lambda who: _in_use(who, doing), connection, until - time.monotonic(),
    )  # fmt: skip


def _has_entered(connection: Connection) -> bool:
    if not _try(connection, "_shared", WITHDRAWING):
        return False
    has_entered = _try(connection, "_shared", FORGETTING)
    connection.execute("SELECT pg_advisory_unlock_shared(%s)", [WITHDRAWING])
    return has_entered


def _is_alone(connection: Connection) -> bool:
    """Take the lock alone, and see that nobody is left who works; workers may outlive who leads their run."""
    if not _try(connection, "", FORGETTING):
        return False
    if connection.execute(_RUNNING).fetchone() is None:
        return True
    connection.execute("SELECT pg_advisory_unlock(%s)", [FORGETTING])
    return False


def _try(connection: Connection, how: str, lock: int) -> bool:
    row = connection.execute(f"SELECT pg_try_advisory_lock{how}(%s)", [lock]).fetchone()
    return bool(row and row[0])


def _withdraws(who: Holder | None) -> str:
    return (
        f"Something is being withdrawn from the warehouse, by {who or 'another process'}: give the command again when "
        "it has ended, or give it with `--wait SECONDS`."
    )


def _in_use(who: Holder | None, doing: str) -> str:
    user = "another process"
    if who and who.run_id:
        user = f"run {who.run_id} (`{who.job}`, process {who.process_id} on {who.host})"
    elif who and who.host:
        user = f"process {who.process_id} on {who.host}"
    return (
        f"{user[0].upper()}{user[1:]} uses the warehouse now: wait until it has ended, then {doing} again, or give the "
        "command with `--wait SECONDS`."
    )


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


_OF_ONE_KEY = "held.classid = 0::oid AND held.objsubid = 1 AND held.objid::bigint = ANY (%(keys)s)"
_USES = f"({_OF_ONE_KEY} OR held.objsubid = 2 AND held.classid IN ({RUNS}::oid, {LEASES}::oid))"
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
