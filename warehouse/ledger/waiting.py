"""Waits for what another process holds, as long as it was asked to, but for none that gives no sign of life."""

import time
from collections.abc import Callable

from warehouse import logs
from warehouse.database.types import Connection
from warehouse.errors import Busy
from warehouse.ledger import heartbeats
from warehouse.ledger.heartbeats import Holder

STEP_S, TELL_S = 0.1, 30.0
"""How often it is looked, and told who is waited for [s]."""


def until(
    is_free: Callable[[], bool],
    holder: Callable[[], Holder | None],
    refusal: Callable[[Holder | None], str],
    connection: Connection,
    wait_s: float,
) -> bool:
    """Wait until something is free; tell whether it was not at once.

    Parameters
    ----------
    is_free : callable
        Takes it, if it can be had now.
    holder : callable
        Gives who has it.
    refusal : callable
        Says that it is not to be had, in a sentence.
    connection : psycopg.Connection
        Over which the sessions of a silent holder are ended.
    wait_s : float
        How long to wait at most [s].

    Raises
    ------
    Busy
        If it is not free in time.
    """
    began, told = time.monotonic(), -TELL_S
    while not is_free():
        found, waited = holder(), time.monotonic() - began
        if found and found.is_silent:
            heartbeats.end(connection, found)
        elif waited >= wait_s:
            raise Busy(refusal(found))
        elif waited - told >= TELL_S:
            tell(found, waited)
            told = waited
        time.sleep(STEP_S)
    return time.monotonic() - began > STEP_S


def tell(found: Holder | None, waited_s: float) -> None:
    """Say who is waited for."""
    host, process_id = (found.host, found.process_id) if found else (None, None)
    told = f"Waiting for {found or 'another process'}, {waited_s:.0f} s."
    logs.remark(told, name="waiting", host=host, process_id=process_id)
