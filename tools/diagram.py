"""Draws the tables as boxes and what refers to what as lines: an SVG that needs no other program."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from warehouse.schema.dictionary import Entry, Relation
from warehouse.schema.tables import metadata

COLUMNS = (("stimulus", 1), ("human", 1), ("model", 1), ("result", 4), ("ops", 1))
"""The schemas from left to right, and the columns of boxes that each takes."""
COLOURS = {"stimulus": "#0072b2", "human": "#009e73", "model": "#b3591b", "result": "#7a5195", "ops": "#555555"}
ORDER = [table.fullname for table in metadata.sorted_tables]
"""What is referred to stands above what refers to it."""
LINED = ("stimulus", "human", "model")
"""Schemas whose references are drawn as lines; results refer to runs, extractions and measures, all of them."""
WIDTH, GUTTER, ROW, HEAD, GAP, TOP, MARGIN = 258, 34, 15, 22, 16, 96, 24


@dataclass(frozen=True)
class Box:
    """A table and its place: upper left corner in pixels."""

    table: Relation
    x: int
    y: int

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return _height(self.table)

    def row(self, column: str) -> int:
        """Give the vertical middle of a column's row."""
        names = [entry.column for entry in self.table.entries]
        return self.y + HEAD + names.index(column) * ROW + ROW // 2 + 2


def diagram(tables: Sequence[Relation]) -> str:
    """Draw tables as SVG: name, columns with type, keys in bold, and what each key refers to.

    Parameters
    ----------
    tables : sequence of Relation
        The tables, apart from views.

    Returns
    -------
    str
        An SVG document with a white ground and the fonts of the reader.
    """
    boxes = list(_placed(tables))
    by_name = {box.table.name: box for box in boxes}
    width = max(box.x for box in boxes) + WIDTH + MARGIN
    height = max(box.y + box.height for box in boxes) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        _title(boxes),
        *(line for box in boxes for line in _lines(box, by_name)),
        *(_drawn(box) for box in boxes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _height(table: Relation) -> int:
    return HEAD + ROW * len(table.entries) + 6


def _placed(tables: Sequence[Relation]) -> Iterator[Box]:
    """Fill the columns of each schema from above, the tallest columns as low as can be."""
    x = MARGIN
    for schema, count in COLUMNS:
        own = sorted((table for table in tables if table.schema == schema), key=lambda table: ORDER.index(table.name))
        ends = [TOP] * count
        for table in sorted(own, key=lambda each: -_height(each)) if count > 1 else own:
            place = ends.index(min(ends))
            yield Box(table, x + place * (WIDTH + GUTTER), ends[place])
            ends[place] += _height(table) + GAP
        x += count * (WIDTH + GUTTER)


def _title(boxes: Sequence[Box]) -> str:
    told = (
        "Bold: primary key. &#8594; refers to the table of that name; lines show it where the tables are neighbours. "
        "Attention refers to extractions and word pairs too, checked once when it is loaded."
    )
    first = {schema: min(box.x for box in boxes if box.table.schema == schema) for schema, _ in COLUMNS}
    names = "".join(
        f'<text x="{x}" y="{TOP - 14}" font-size="18" font-weight="bold" fill="{COLOURS[schema]}">{schema}</text>'
        for schema, x in first.items()
    )
    return (
        f'<text x="{MARGIN}" y="32" font-size="22" font-weight="bold">Tables of the Attention Warehouse</text>'
        f'<text x="{MARGIN}" y="52" font-size="13" fill="#444">{told}</text>{names}'
    )


def _drawn(box: Box) -> str:
    colour, (x, y) = COLOURS[box.table.schema], (box.x, box.y)
    name = box.table.name.partition(".")[2]
    rows = "".join(_row(entry, x, y + HEAD + ROW * number) for number, entry in enumerate(box.table.entries, start=1))
    return (
        f"<g><title>{escape(box.table.name)}: {escape(box.table.summary)}</title>"
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{box.height}" rx="4" fill="white" stroke="{colour}"/>'
        f'<path d="M{x} {y + HEAD} v-{HEAD - 4} q0 -4 4 -4 h{WIDTH - 8} q4 0 4 4 v{HEAD - 4} z" fill="{colour}"/>'
        f'<text x="{x + 8}" y="{y + 15}" font-size="12" font-weight="bold" fill="white">{name}</text>{rows}</g>'
    )


def _row(entry: Entry, x: int, y: int) -> str:
    weight = ' font-weight="bold"' if entry.is_key else ""
    if entry.refers_to:
        schema, _, table = entry.refers_to.partition(".")
        right = f'<tspan fill="{COLOURS[schema]}">&#8594; {table}</tspan>'
    else:
        right = f'<tspan fill="#777">{_short(entry.type)}</tspan>'
    size = ' font-size="9.5"' if len(entry.column) > 27 else ""
    return (
        f'<text x="{x + 8}" y="{y}"{weight}{size}>{entry.column}</text>'
        f'<text x="{x + WIDTH - 8}" y="{y}" text-anchor="end" font-size="10">{right}</text>'
    )


def _short(sql_type: str) -> str:
    return sql_type.replace("double precision", "double").replace("timestamp with time zone", "timestamptz")


def _lines(box: Box, by_name: dict[str, Box]) -> Iterator[str]:
    """Draw a curve from each reference to the table it names, in that table's colour."""
    if box.table.schema not in LINED:
        return
    for entry in box.table.entries:
        to = by_name.get(entry.refers_to or "")
        if to and to is not box and abs(to.x - box.x) <= WIDTH + GUTTER:
            yield _curve(box, box.row(entry.column), to)


def _curve(box: Box, start_y: int, to: Box) -> str:
    end_y = to.y + HEAD // 2
    end_x, bend = (to.x, -22) if to.x == box.x else (to.x + WIDTH, GUTTER / 2)  # around the left side, or to the left
    path = f"M{box.x} {start_y} C{box.x - 22} {start_y} {end_x + bend:g} {end_y} {end_x} {end_y}"
    colour = COLOURS[to.table.schema]
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-opacity="0.55" stroke-width="1.2"/>'
