"""One attempt of a parser at an input: what it may answer, in which time and memory, and the count of all attempts."""

import os
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings

from warehouse import errors
from warehouse.errors import BadInput, WarehouseError

Made = TypeVar("Made")

ASKED = int(os.environ.get("WAREHOUSE_FUZZ_EXAMPLES", "0"))
"""Inputs for each test that are asked for; 0 leaves it to each test."""
MOST_SECONDS, MOST_MB = 2.0, 64.0
"""What an input of some hundred bytes may cost: processor time, and memory beyond what was there before."""
LONGEST = 10 * errors.LONGEST  # an unprintable character is told as ten
"""Characters that a refusal may have."""


@dataclass
class Record:
    """What came of all attempts at one parser."""

    tried: int = 0
    refused: int = 0
    worst_seconds: float = 0.0
    worst_mb: float = 0.0

    @property
    def accepted(self) -> int:
        return self.tried - self.refused


RECORDS: dict[str, Record] = {}
"""By parser, of this run."""


def inputs(count: int, *, shrinks: bool = True) -> settings:
    """Give the settings of a test that tries `count` inputs where no other number is asked for.

    `shrinks` looks for the least input that fails, which takes as many attempts again.
    """
    return settings(
        max_examples=max(1, ASKED * count // 300) if ASKED else count, deadline=None,
        suppress_health_check=list(HealthCheck), database=None,
        phases=[phase for phase in Phase if shrinks or phase is not Phase.shrink],
    )  # fmt: skip


def attempt(
    parser: str, act: Callable[[], Made], *, seconds: float = MOST_SECONDS, mb: float = MOST_MB
) -> Made | WarehouseError:
    """Let a parser try: it answers or refuses in one sentence, within its time and memory; anything else is raised."""
    record = RECORDS.setdefault(parser, Record())
    record.tried += 1
    tracemalloc.start()
    begun = time.process_time()
    try:
        answer: Made | WarehouseError = act()
    except WarehouseError as refusal:
        check_sentence(refusal)
        record.refused += 1
        answer = refusal
    finally:
        took, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    record.worst_seconds, record.worst_mb = max(record.worst_seconds, took), max(record.worst_mb, peak)
    assert took < seconds, f"{parser} took {took:.1f} s"
    assert peak < mb, f"{parser} took {peak:.0f} MB"
    return answer


def check_sentence(refusal: WarehouseError) -> None:
    """A refusal is one sentence without control characters, of a bearable length; of an input, it says where."""
    said = str(refusal)
    assert said.isprintable(), said
    assert len(said) <= LONGEST, f"{len(said)} characters: {said[:200]}"
    assert said.endswith((".", "?")), said
    if isinstance(refusal, BadInput):
        assert refusal.what and refusal.where and refusal.remedy


def table() -> str:
    """Give the table of all attempts."""
    lines = [f"{'parser':<28}{'tried':>9}{'refused':>9}{'accepted':>9}{'worst ms':>10}{'worst MB':>10}"]
    lines += [
        f"{name:<28}{one.tried:>9,}{one.refused:>9,}{one.accepted:>9,}{1e3 * one.worst_seconds:>10.0f}"
        f"{one.worst_mb:>10.1f}"
        for name, one in sorted(RECORDS.items())
    ]  # fmt: skip
    return "\n".join(lines)
