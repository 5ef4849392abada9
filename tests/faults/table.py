"""The table of what came of the faults."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.faults.trying import Fault, Try

WIDTHS = (46, 5, 5, 7, 12, 10)


@dataclass(frozen=True)
class Row:
    """One fault, and what came of all its tries."""

    fault: Fault
    tries: Sequence[Try]
    skipped: str = ""

    @property
    def lost(self) -> int:
        """Rows lost in all tries."""
        return sum(each.lost.total() for each in self.tries)

    @property
    def doubled(self) -> int:
        """Rows that were there too often, or that should not have been there."""
        return sum(each.doubled.total() for each in self.tries)

    @property
    def seconds(self) -> list[float]:
        """How long each recovery took."""
        return [each.seconds for each in self.tries]

    @property
    def endings(self) -> Counter[tuple[int, str]]:
        """How the disturbed commands ended: exit codes and last sentences."""
        return Counter((each.ended.code, each.ended.sentence) for each in self.tries)

    @property
    def unsound(self) -> list[Try]:
        """The tries after which something did not hold."""
        return [each for each in self.tries if not each.is_sound]

    def as_facts(self) -> dict[str, object]:
        """Give what the page is made of."""
        endings = [[code, said, number] for (code, said), number in self.endings.most_common()]
        return {
            "fault": self.fault.name, "advice": self.fault.advice, "times": len(self.tries), "lost": self.lost,
            "doubled": self.doubled, "seconds": [round(each, 2) for each in self.seconds],
            "unsound": len(self.unsound), "endings": endings, "skipped": self.skipped,
        }  # fmt: skip

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.fault.name:{WIDTHS[0]}} skipped: {self.skipped}"
        told = f"{median(self.seconds):.1f} / {max(self.seconds):.1f}"
        held = f"no, {len(self.unsound)} times" if self.unsound else "yes"
        values = (self.fault.name, len(self.tries), self.lost, self.doubled, told, held)
        return "\n".join([_line(values), *_details(self, self.unsound)])


def heading() -> str:
    """Give the first line."""
    return _line(("fault", "times", "lost", "doubled", "s to recover", "all held"))


def _line(values: Sequence[object]) -> str:
    name, *rest = (str(value) for value in values)
    return " ".join(
        [f"{name:{WIDTHS[0]}}", *(f"{value:>{width}}" for value, width in zip(rest, WIDTHS[1:], strict=True))]
    )


def _details(row: Row, unsound: Sequence[Try]) -> list[str]:
    told = [f"      {number} x exit {code}: {said[:150]}" for (code, said), number in sorted(row.endings.items())]
    for each in unsound[:2]:
        told += [f"      NOT HELD: {claim}" for claim in each.broken[:5]]
        told += [f"      LOST: {found[:300]}" for found in list(each.lost)[:2]]
        told += [f"      DOUBLED: {found[:300]}" for found in list(each.doubled)[:2]]
    return told
