"""Tells how far long work is, with rate and time to go, on standard error; silent where that is no terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm


@dataclass(frozen=True)
class Progress:
    """Where progress goes: to the terminal, or nowhere (`quiet`)."""

    quiet: bool = False

    @contextmanager
    def bar(self, doing: str, total: int | None, unit: str) -> Iterator["tqdm[Any]"]:
        """Show a bar for the time of the block; call its `update` for each piece that is done."""
        silent = True if self.quiet else None  # None: tqdm looks whether it is a terminal
        with tqdm(total=total, desc=doing, unit=unit, disable=silent, dynamic_ncols=True, leave=False) as bar:
            yield bar
