"""What became of what came in."""

from dataclasses import dataclass


@dataclass
class Tally:
    """What became of what came in, counted in rows; rejections in places."""

    inserted: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __iadd__(self, other: "Tally") -> "Tally":
        self.inserted += other.inserted
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        return self
