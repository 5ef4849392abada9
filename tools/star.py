"""Draws the star of `mart`: dimensions in the middle, and around them the facts that refer to them, as an SVG."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from warehouse.schema.dictionary import Relation
from warehouse.schema.star import DIMENSIONS

COLOURS = {
    "extraction": "#b3591b", "language_model": "#8a4b08", "reader": "#009e73", "measure": "#007a5a",
    "sentence": "#0072b2", "corpus": "#00558a", "run": "#555555",
}  # fmt: skip
WIDTH, ROW, COLUMN, TOP, MARGIN, DOT = 980, 19, 96, 128, 24, 6
FIRST = 270
"""Where the first dimension stands [pixels]."""


def star(marts: Sequence[Relation]) -> str:
    """Draw which view of `mart` leads to which dimension, and the key of each, as SVG.

    Parameters
    ----------
    marts : sequence of Relation
        The views of `mart`; companions named ``_default``, which have the same relations, are left out.

    Returns
    -------
    str
        An SVG document: a line for each fact, with its key, and a dot under each dimension that it leads to.
    """
    facts = [mart for mart in marts if _is_fact(mart)]
    height = TOP + ROW * len(facts) + MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{MARGIN}" y="32" font-size="20" font-weight="bold">The star of mart</text>',
        f'<text x="{MARGIN}" y="54" fill="#444">A fact leads to each dimension that it has a dot under, by the column '
        "that stands over it. Views named _default lead to the same.</text>",
        *_dimensions(height),
        *(line for place, fact in enumerate(facts) for line in _fact(fact, TOP + ROW * (place + 1))),
        "</svg>",
    ]) + "\n"  # fmt: skip


def _is_fact(mart: Relation) -> bool:
    name = mart.name.removeprefix("mart.")
    return name not in DIMENSIONS.values() and not name.endswith("_default") and any(e.leads_to for e in mart.entries)


def _dimensions(height: int) -> Iterator[str]:
    for place, (column, name) in enumerate(DIMENSIONS.items()):
        x = FIRST + COLUMN * place + COLUMN // 2
        yield f'<path d="M{x} {TOP - 20} V{height - MARGIN}" stroke="{COLOURS[name]}" stroke-opacity="0.3"/>'
        yield (
            f'<rect x="{x - COLUMN // 2 + 2}" y="{TOP - 56}" width="{COLUMN - 4}" height="38" rx="4" '
            f'fill="{COLOURS[name]}"/>'
            f'<g font-size="10" fill="white" text-anchor="middle">'
            f'<text x="{x}" y="{TOP - 41}" font-weight="bold">{name}</text>'
            f'<text x="{x}" y="{TOP - 27}">{column}</text></g>'
        )


def _fact(fact: Relation, y: int) -> Iterator[str]:
    name = fact.name.removeprefix("mart.")
    key = ", ".join(entry.column for entry in fact.entries if entry.is_key)
    reached = {entry.leads_to.split(".")[1] for entry in fact.entries if entry.leads_to}
    yield (
        f"<g><title>{escape(fact.name)}: {escape(fact.summary)} Key: {escape(key)}.</title>"
        f'<text x="{MARGIN}" y="{y}">{name}</text>'
        f'<path d="M{MARGIN} {y + 5} H{WIDTH - MARGIN}" stroke="#ddd"/>'
    )
    for place, dimension in enumerate(DIMENSIONS.values()):
        if dimension in reached:
            x = FIRST + COLUMN * place + COLUMN // 2
            yield f'<circle cx="{x}" cy="{y - 4}" r="{DOT}" fill="{COLOURS[dimension]}"/>'
    yield "</g>"
