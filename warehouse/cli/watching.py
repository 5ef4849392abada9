"""`warehouse runs --follow`: redrawn in place on a terminal, plain lines elsewhere, or JSON lines."""

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
from tqdm import tqdm

from warehouse.cli.output import duration, share_done
from warehouse.database.connection import Database
from warehouse.errors import RunNotDone
from warehouse.ledger.following import Snapshot, follow
from warehouse.ledger.queries import RunProgress
from warehouse.plugin.names import as_printed

SECONDS_BETWEEN_LINES = 5.0
ENDINGS = {"dead": "is dead", "interrupted": "was interrupted"}
MOST_WORKERS = 8
"""Lines of who has units in hand, a run; the dead come first."""


def watch(database: Database, run_id: int | None, as_json: bool) -> None:
    """Show how far what runs is until it has ended.

    Raises
    ------
    RunNotDone
        If a run ends otherwise than done.
    """
    show: Callable[[Snapshot], None] = _JsonLines() if as_json else _Redrawn() if sys.stdout.isatty() else _Lines()
    not_done: list[RunProgress] = []
    for sight in follow(database, run_id):
        show(sight)
        not_done += [course for course in sight.courses if course.status not in ("running", "done")]
    if not_done:
        raise RunNotDone(*(f"run {course.run_id} (`{course.job}`) {_ending(course)}" for course in not_done))


class _Redrawn:
    """Draws what runs over what was drawn before; what has ended stays above it."""

    def __init__(self) -> None:
        self._drawn = 0

    def __call__(self, sight: Snapshot) -> None:
        ended = [line for course in sight.courses if (line := _ended(course))]
        lines = [line for course in sight.courses if course.status == "running" for line in _block(course)]
        if sight.trouble:
            lines = [f"{sight.trouble} Trying again ..."]
        width = shutil.get_terminal_size().columns
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        drawn = "\n".join(as_printed(line[: width - 1]) for line in [*ended, *lines])
        click.echo(up + "\r\x1b[J" + drawn, nl=bool(ended or lines))
        self._drawn = len(lines)


class _Lines:
    """Prints a line a run where something has changed, every few seconds."""

    def __init__(self) -> None:
        self._told: dict[int, tuple[float, int]] = {}
        self._is_in_trouble = False

    def __call__(self, sight: Snapshot) -> None:
        if sight.trouble and not self._is_in_trouble:
            click.echo(as_printed(f"{sight.trouble} Trying again ..."))
        self._is_in_trouble = sight.trouble is not None
        for course in sight.courses:
            if line := _ended(course) or self._next(course):
                click.echo(as_printed(line))
        sys.stdout.flush()

    def _next(self, course: RunProgress) -> str | None:
        now, (last, done) = time.monotonic(), self._told.get(course.run_id, (float("-inf"), -1))
        if course.done_count == done or now - last < SECONDS_BETWEEN_LINES:
            return None
        self._told[course.run_id] = (now, course.done_count)
        return f"{course.run_id} {course.job}: {_standing(course)}"


class _JsonLines:
    """Prints what has changed, an object a line."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[object, ...]] = {}
        self._trouble: str | None = None

    def __call__(self, sight: Snapshot) -> None:
        if sight.trouble and sight.trouble != self._trouble:
            click.echo(json.dumps({"trouble": sight.trouble}))
        self._trouble = sight.trouble
        for course in sight.courses:
            now = (course.status, course.done_count, len(course.in_hand))
            if self._last.get(course.run_id) != now:
                self._last[course.run_id] = now
                click.echo(json.dumps({**asdict(course), "seconds_left": course.seconds_left}, default=str))
        sys.stdout.flush()


def _ended(course: RunProgress) -> str | None:
    return None if course.status == "running" else f"{course.run_id} {course.job}: {_ending(course)}"


def _ending(course: RunProgress) -> str:
    ended, why = ENDINGS.get(course.status, course.status), f": {course.error}" if course.error else ""
    written = f"{_units(course)}, {course.row_total:,} rows"
    return f"{ended} after {written}, in {duration(course.seconds)}{why}".rstrip(".")


def _standing(course: RunProgress) -> str:
    pace = "" if course.rate is None else f", {course.rate:.3g}/s"
    left = "" if course.seconds_left is None else f", about {duration(course.seconds_left)} to go"
    return f"{_units(course)}, {course.row_total:,} rows{pace}{left}"


def _units(course: RunProgress) -> str:
    return f"{share_done(course.done_count, course.unit_count)} units"


def _block(course: RunProgress) -> list[str]:
    """Draw a run as its own terminal does, and below it who has units in hand."""
    total: Any = course.unit_count  # None: not known
    bar = tqdm.format_meter(
        course.done_count, total, course.seconds, prefix=f"{course.run_id} {course.job}",
        ncols=shutil.get_terminal_size().columns - 1, unit="unit", rate=course.rate,
    )  # fmt: skip
    workers = sorted(course.in_hand, key=lambda worker: bool(worker["is_held"]))
    told = [
        f"  {'in hand' if worker['is_held'] else 'DEAD'}: {worker['units']:,} units, process {worker['process_id']} on "
        f"{worker['host']}, {worker['unit_key']}"
        for worker in workers[:MOST_WORKERS]
    ]
    more = len(workers) - MOST_WORKERS
    return [bar, *told, *([f"  and {more:,} more"] if more > 0 else [])]
