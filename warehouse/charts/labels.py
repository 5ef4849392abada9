"""Where the names beside points stand, so that none covers another, a point, or the frame."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

LETTER, LINE, ROOM = 4.9, 11.0, 7.0
"""Width of a letter, height of a line, and the radius kept free around a point [px]."""
Box = tuple[float, float, float, float]


def offsets(
    places: Sequence[tuple[float, float]],
    texts: Sequence[str],
    width: float,
    height: float,
    obstacles: Sequence[tuple[float, float]] = (),
) -> list[tuple[float, float] | None]:
    """Place a label beside each point.

    Parameters
    ----------
    places : sequence of (float, float)
        Points [px], from the upper left.
    texts : sequence of str
        Their labels.
    width, height : float
        Of the frame [px].
    obstacles : sequence of (float, float)
        Other places that are to stay free [px], such as those of a line.

    Returns
    -------
    list of (float, float) or None
        From each point to the middle of its label [px]; None where there is no room for it.
    """
    taken = _Taken()
    for x, y in (*places, *obstacles):
        taken.add((x - ROOM / 2, y - ROOM / 2, x + ROOM / 2, y + ROOM / 2))
    found: list[tuple[float, float] | None] = []
    for (x, y), text in zip(places, texts, strict=True):
        half = len(text) * LETTER / 2
        chosen = None
        for dx, dy in _candidates(half):
            box = (x + dx - half, y + dy - LINE / 2, x + dx + half, y + dy + LINE / 2)
            is_within = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
            if is_within and taken.leaves_free(box):
                taken.add(box)
                chosen = (dx, dy)
                break
        found.append(chosen)
    return found


class _Taken:
    """Boxes that are taken, by the lines that they reach into: a label is compared with those of its own lines only."""

    def __init__(self) -> None:
        self._lines: dict[int, list[Box]] = defaultdict(list)

    def add(self, box: Box) -> None:
        for line in self._reached(box):
            self._lines[line].append(box)

    def leaves_free(self, box: Box) -> bool:
        return not any(_overlap(box, other) for line in self._reached(box) for other in self._lines[line])

    @staticmethod
    def _reached(box: Box) -> range:
        return range(int(box[1] // LINE), int(box[3] // LINE) + 1)


def _candidates(half: float) -> Iterator[tuple[float, float]]:
    """Give places from the nearest on: at the sides, above and below, then further up and down."""
    side = half + ROOM
    for rise in (0.0, LINE, 2 * LINE, 3 * LINE):
        for dy in (-rise, rise) if rise else (0.0,):
            yield from ((side, dy), (-side, dy))
            if rise:
                yield (0.0, dy)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
