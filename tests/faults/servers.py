"""What befalls the server: killed, stopped or restarted under a command, its connections cut, its disk full."""

import os
import signal
import time
from collections.abc import Callable
from random import Random

from tests.faults import disks
from tests.faults.commands import Ended, Place, Running
from tests.faults.study import ARRAYS, COMPUTE, READERS, Study, Work
from tests.faults.trying import Skipped, at_any_moment, in_the_middle_of

COPYING = {READERS.name: ("psycopg.Copy.write_row", 3000), ARRAYS.name: ("psycopg.Copy.write", 6),
           COMPUTE.name: ("psycopg.Copy.write_row", 100)}  # fmt: skip
"""Where a command is in the middle of COPY, and the number of such calls to choose from."""
ROOM = {READERS.name: 6 << 20, COMPUTE.name: 256 << 10}
"""Bytes that are left, at most, on a disk that is about to be full: less than the command needs."""


def postmaster_killed(study: Study, work: Work, moments: Random) -> Ended:
    """Kill -9 of the server's first process during COPY; its others find out by themselves."""
    return _while_copying(study, work, moments, lambda _: os.kill(_postmaster(study), signal.SIGKILL))


def backend_killed(study: Study, work: Work, moments: Random) -> Ended:
    """Kill -9 of the server process that takes the rows; the server then ends all others and recovers."""

    def harm(_: Running) -> None:
        ((pid,),) = study.administer("SELECT pid FROM pg_stat_progress_copy")
        os.kill(int(str(pid)), signal.SIGKILL)

    return _while_copying(study, work, moments, harm)


def stopped_at_once(study: Study, work: Work, moments: Random) -> Ended:
    """`pg_ctl stop -m immediate`, which is what SIGQUIT to the first process does, during COPY."""
    return _while_copying(study, work, moments, lambda _: os.kill(_postmaster(study), signal.SIGQUIT))


def restarted(study: Study, work: Work, moments: Random) -> Ended:
    """A restart of the server in the middle."""

    def harm(_: Running) -> None:
        study.server.stop()
        study.server.ensure_running()

    return at_any_moment(study, work, moments, harm, may_survive=True)


def connection_cut(study: Study, work: Work, moments: Random) -> Ended:
    """One of the command's connections, whichever, is ended by the server."""

    def harm(running: Running) -> None:
        deadline = time.monotonic() + 5
        while running.process.is_alive() and time.monotonic() < deadline:
            if pids := [pid for (pid,) in study.administer(_CONNECTIONS)]:
                study.administer(f"SELECT pg_terminate_backend({moments.choice(pids)})")
                return

    return at_any_moment(study, work, moments, harm, may_survive=True)


def disk_full(study: Study, work: Work, moments: Random) -> Ended:
    """The disk under the server has room for a few megabytes more; what fills it up goes away when all is over."""
    if not study.is_on_small_disk:
        raise Skipped("a small disk can be mounted as root only")
    place = study.server.directory
    study.database.connect().close()  # the first to enter a database has the server write a file
    study.administer("CHECKPOINT")
    disks.leave_room(place, moments.randrange(ROOM[work.name]))
    try:
        return study.run(work)
    finally:
        disks.make_spacious(place)


def _while_copying(study: Study, work: Work, moments: Random, harm: Callable[[Running], None]) -> Ended:
    function, calls = COPYING[work.name]
    place = Place(function, moments.randint(1, calls), "before", signal.SIGSTOP)
    return in_the_middle_of(study, work, place, harm)


def _postmaster(study: Study) -> int:
    return int((study.server.directory / "data" / "postmaster.pid").read_text().split()[0])


_CONNECTIONS = """
SELECT pid FROM pg_stat_activity
WHERE datname = 'warehouse' AND backend_type = 'client backend' AND application_name = 'attention-warehouse'
ORDER BY pid
"""
