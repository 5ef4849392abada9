"""What befalls the command's own processes: killed outright, terminated, interrupted."""

import os
import signal
import time
from contextlib import suppress
from random import Random

from tests.faults.commands import Ended, Running
from tests.faults.study import Study, Work
from tests.faults.trying import at_any_moment


def killed(study: Study, work: Work, moments: Random) -> Ended:
    """Kill -9 at a random moment."""
    return at_any_moment(study, work, moments, lambda running: running.end())


def child_killed(study: Study, work: Work, moments: Random) -> Ended:
    """Kill -9 of one of the processes that compute side by side, at a random moment of its life."""

    def harm(running: Running) -> None:
        while running.process.is_alive() and not running.children():
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.5 * study.expected(work).seconds))
        if children := running.children():
            with suppress(ProcessLookupError):
                os.kill(moments.choice(children), signal.SIGKILL)

    return at_any_moment(study, work, moments, harm, may_survive=True)


def terminated(study: Study, work: Work, moments: Random) -> Ended:
    """SIGTERM, as service managers and batch systems send it."""
    return at_any_moment(study, work, moments, lambda running: running.end(signal.SIGTERM))


def interrupted(study: Study, work: Work, moments: Random) -> Ended:
    """Ctrl-C, which reaches the whole group."""

    def harm(running: Running) -> None:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGINT)

    return at_any_moment(study, work, moments, harm)
