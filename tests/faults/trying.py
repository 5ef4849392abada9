"""A fault is tried: the command is disturbed, what can be seen is checked, and the same command is given again."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.faults.commands import Ended, Place, Running
from tests.faults.invariants import broken_after, broken_before
from tests.faults.study import Study, Work

DRAWS = 30
"""Moments that are drawn for one try: one after the command's end disturbs nothing and does not count."""


class Skipped(Exception):
    """A fault cannot be tried here; the reason."""


@dataclass(frozen=True)
class Fault:
    """Something that befalls a command.

    Attributes
    ----------
    name : str
        What befalls which command.
    work : Work
        The command.
    disturb : callable
        Gives the command and lets it befall; tells how the command ended.
    advice : str
        What the user does about it.
    share : float
        Of the tries asked for; those that take long are tried less often.
    is_brief : bool
        Tried whenever the tests run.
    """

    name: str
    work: Work
    disturb: Callable[[Study, Work, Random], Ended]
    advice: str
    share: float = 1.0
    is_brief: bool = False


@dataclass(frozen=True)
class Try:
    """How a try ended: rows against the undisturbed database, seconds until all was done, and what did not hold."""

    ended: Ended
    lost: Counter[str]
    doubled: Counter[str]
    seconds: float
    broken: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is amiss."""
        return not (self.lost or self.doubled or self.broken)


def tried(study: Study, fault: Fault, times: int, moments: Random, minutes: float = 60) -> tuple[list[Try], str]:
    """Try a fault its share of so many times, at least once, for so long at most; give why not where it cannot be."""
    deadline, tries = time.monotonic() + 60 * minutes, list[Try]()
    try:
        while len(tries) < max(1, round(times * fault.share)) and (time.monotonic() < deadline or not tries):
            tries.append(attempt(study, fault, moments))
    except Skipped as reason:
        return [], str(reason)
    return tries, ""


def attempt(study: Study, fault: Fault, moments: Random) -> Try:
    """Try a fault once."""
    study.expected(fault.work)
    study.reset(fault.work.before)
    ended = fault.disturb(study, fault.work, moments)
    begun = time.monotonic()
    study.server.ensure_running()
    to_start = time.monotonic() - begun
    broken = ["the user sees a traceback"] * ("Traceback" in ended.said) + broken_before(study, fault.work)
    running = study.begin(fault.work)
    again = running.wait()
    broken += [f"given again, it ended with {again.code}: {again.sentence}"] * (again.code != 0)
    broken += broken_after(study, running.pid)
    return Try(ended, *study.lost_and_doubled(fault.work), to_start + again.seconds, broken)


def at_any_moment(
    study: Study, work: Work, moments: Random, harm: Callable[[Running], None], may_survive: bool = False
) -> Ended:
    """Start a command and do harm at a random moment; again from the start where the moment came too late."""
    for _ in range(DRAWS):
        running = study.begin(work)
        time.sleep(moments.uniform(0, study.expected(work).seconds))
        was_alive = running.process.is_alive()
        harm(running)
        ended = running.wait()
        if ended.code or (was_alive and may_survive):
            return ended
        study.reset(work.before)
    raise RuntimeError(f"{work.name} could not be disturbed in {DRAWS} draws")


def in_the_middle_of(study: Study, work: Work, place: Place, harm: Callable[[Running], None]) -> Ended:
    """Start a command, hold it at a place in the code, do harm, and let it go on."""
    running = study.begin(work, place)
    if not running.wait_until_stopped():
        raise RuntimeError(f"{work.name} never came to {place}: {running.wait().said}")
    try:
        harm(running)
    finally:
        running.go_on()
    return running.wait()
