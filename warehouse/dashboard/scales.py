"""Where a value lies on an axis, and where the axis has its ticks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROOM = 0.04
"""What is left free at either end, as a part of the axis."""
MOST_TICKS = 7


@dataclass(frozen=True)
class Scale:
    """An axis from `start` to `end` [px] that shows values from `low` to `high`.

    Attributes
    ----------
    low, high : float
        Ends in the units of the axis: of a logarithmic one powers of 10, of names their number.
    ticks : sequence of (float, str)
        Where a tick lies [px], and what it says.
    places : mapping of str to int, or None
        The names of an axis of names.
    is_log : bool
        Whether values are shown by their logarithm.
    """

    start: float
    end: float
    low: float
    high: float
    ticks: Sequence[tuple[float, str]] = ()
    places: Mapping[str, int] | None = None
    is_log: bool = False

    def __call__(self, value: Any, shift: float = 0.0) -> float:
        """Give the place of a value [px]; `shift` moves a name by a part of the way to the next."""
        if self.places is not None:
            number = self.places[str(value)] + shift
        else:
            number = math.log10(value) if self.is_log else float(value)
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)

    @classmethod
    def over(
        cls, values: Sequence[float], start: float, end: float, *, is_log: bool = False, is_whole: bool = False
    ) -> "Scale":
        """Make an axis that holds all of the values; `is_whole` puts ticks at whole numbers only."""
        shown = [math.log10(value) if is_log else float(value) for value in values] or [0.0, 1.0]
        room = ROOM * (max(shown) - min(shown)) or 0.5
        bare = cls(start, end, min(shown) - room, max(shown) + room, is_log=is_log)
        ticks = _log_ticks(bare.low, bare.high) if is_log else _ticks(bare.low, bare.high, is_whole)
        return cls(start, end, bare.low, bare.high, [(bare(tick), f"{tick:g}") for tick in ticks], None, is_log)

    @classmethod
    def of_names(cls, names: Sequence[str], start: float, end: float) -> "Scale":
        """Make an axis of names, in their order."""
        places = {name: place for place, name in enumerate(dict.fromkeys(names))}
        bare = cls(start, end, -0.6, len(places) - 0.4, places=places)
        return cls(start, end, bare.low, bare.high, [(bare(name), name) for name in places], places)


def _ticks(low: float, high: float, is_whole: bool) -> list[float]:
    """Give round numbers between the ends, 1, 2 or 5 times a power of 10 apart."""
    least = 10.0 ** math.floor(math.log10((high - low) / MOST_TICKS))
    steps = (least * times for times in (1, 2, 5, 10, 20) if not is_whole or least * times >= 1)
    step = next(step for step in steps if (high - low) / step <= MOST_TICKS)
    return [round(n * step, 12) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Give 1, 2 and 5 times the powers of 10 between the ends; the powers alone where those are many."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    times = (1, 2, 5) if high - low < 3 else (1,)
    found = [n * 10.0**power for power in powers for n in times]
    return [tick for tick in found if low <= math.log10(tick) <= high]
