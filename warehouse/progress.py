"""Tells how far long work is: a bar with rate and time to go on a terminal, log lines for programs, else nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from warehouse import logs

SECONDS_BETWEEN_LINES = 1.0


@dataclass
class Bar:
    """How far one piece of work is: call `update` for each part that is done.

    Attributes
    ----------
    doing : str
        What goes on.
    unit : str
        What the parts are called; ``B`` for bytes.
    total : int or None
        How many there are; None where that is not known, and it may be set as soon as it is.
    """

    doing: str
    unit: str
    total: int | None
    done: int = 0
    rows: int = 0
    latest: str = ""
    began: float = field(default_factory=time.monotonic)
    _show: Callable[["Bar"], None] = lambda bar: None

    def update(self, count: int = 1, *, rows: int = 0, latest: str = "") -> None:
        """Tell that so many more parts are done, with the rows they made, and which was the latest."""
        self.done += count
        self.rows += rows
        self.latest = latest or self.latest
        self._show(self)

    def facts(self) -> dict[str, Any]:
        """Give what programs are told: counts, seconds since it began, parts a second, seconds left (None: unknown)."""
        seconds = time.monotonic() - self.began
        rate = self.done / seconds if seconds else 0.0
        left = max(0, self.total - self.done) / rate if self.total is not None and rate else None
        return {
            "doing": self.doing, "done": self.done, "total": self.total, "counted_in": self.unit,
            **({"unit": self.latest} if self.latest else {}), **({"rows": self.rows} if self.rows else {}),
            "seconds": round(seconds, 3), "rate": round(rate, 3),
            "seconds_left": None if left is None else round(left, 1),
        }  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """Where progress goes: to the terminal, to the log as lines (`as_lines`), or nowhere (`quiet`)."""

    quiet: bool = False
    as_lines: bool = False

    @contextmanager
    def bar(self, doing: str, total: int | None, unit: str) -> Iterator[Bar]:
        """Show a bar for the time of the block.

        For example::

            with progress.bar("backup", len(tables), "table") as bar:
                for table in tables:
                    ...
                    bar.update(rows=written, latest=table)
        """
        bar = Bar(doing, unit, total)
        with self._shown_by_lines(bar) if self.as_lines else self._shown_by_tqdm(bar):
            yield bar

    @contextmanager
    def _shown_by_lines(self, bar: Bar) -> Iterator[None]:
        """Log at most one line a second, and one at the end."""
        last, told = time.monotonic(), -1

        def show(bar: Bar) -> None:
            nonlocal last, told
            if (now := time.monotonic()) - last >= SECONDS_BETWEEN_LINES:
                last, told = now, bar.done
                logs.event("progress", **bar.facts())

        bar._show = show
        try:
            yield
        finally:
            if bar.done != told:
                logs.event("progress", **bar.facts())

    @contextmanager
    def _shown_by_tqdm(self, bar: Bar) -> Iterator[None]:
        """Draw it where standard error is a terminal; what is logged meanwhile goes above it."""
        from tqdm import tqdm
        from tqdm.contrib.logging import logging_redirect_tqdm

        silent = True if self.quiet else None  # None: tqdm looks whether it is a terminal
        drawing = tqdm(
            total=bar.total, desc=bar.doing, unit=bar.unit, disable=silent, dynamic_ncols=True, leave=False,
            unit_scale=bar.unit == "B",
        )  # fmt: skip

        def show(bar: Bar) -> None:
            drawing.total = bar.total
            drawing.update(bar.done - drawing.n)

        bar._show = show
        with drawing, nullcontext() if drawing.disable else logging_redirect_tqdm():
            yield
