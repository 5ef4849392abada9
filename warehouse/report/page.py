"""One HTML page that needs nothing else: pictures are in it, and no address points outside. It prints on A4."""

import html
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse.report.filling import Filled, Page
from warehouse.report.style import STYLE
from warehouse.report.tables import RUN, as_html

LINKS = {RUN: lambda run, row: f"#run-{run}"}
Pictures = Mapping[tuple[str, int], tuple[Sequence[bytes], str]]
"""By exhibit and number of its page: the SVGs, and what they show in words."""
Chapter = list[tuple[Filled, int, Page]]


def page(filled: Sequence[Filled], pictures: Pictures, runs: Sequence[Mapping[str, Any]]) -> str:
    """Write the page: a chapter for each corpus, then what has no data, the SQL and the runs.

    Parameters
    ----------
    filled : sequence of Filled
        The exhibits in their order.
    pictures : mapping of (str, int) to (sequence of bytes, str)
        By exhibit and number of its page, its SVGs and what is to be seen.
    runs : sequence of mapping
        The runs behind it all.
    """
    chapters = _chapters(filled)
    body = "".join(
        _chapter(number, corpus, parts, pictures) for number, (corpus, parts) in enumerate(chapters.items(), 1)
    )
    absent = [one for one in filled if not one.pages]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Attention Warehouse: report</title><style>{STYLE}</style></head><body><main>\n"
        "<h1>What language models attend to beside how people read</h1>\n"
        "<p>Every table and figure names the runs of its numbers; <code>warehouse explain RUN</code> follows a run "
        "back to its files. The paper is Gao, Huang, Li and Chen (2023), Findings of EMNLP. Layers count from 0.</p>\n"
        f'<nav aria-label="Contents"><ol>{"".join(_contents(chapters, absent))}</ol></nav>\n{body}'
        + _absent(absent)
        + _questions(filled)
        + f"{_runs(runs)}\n</main></body></html>\n"
    )


def _chapters(filled: Sequence[Filled]) -> dict[str, Chapter]:
    """Sort the pages of exhibits by their corpus, in the order of the exhibits."""
    found: dict[str, Chapter] = {}
    for one in filled:
        for number, shown in enumerate(one.pages):
            found.setdefault(str(shown.chosen.get("corpus", "all corpora")), []).append((one, number, shown))
    return found


def _contents(chapters: Mapping[str, Chapter], absent: Sequence[Filled]) -> Iterator[str]:
    for number, (corpus, parts) in enumerate(chapters.items(), 1):
        entries = {one.exhibit.name: one.exhibit.title for one, _, _ in parts}
        inner = "".join(
            f'<li><a href="#{name}-{number}">{html.escape(title)}</a></li>\n' for name, title in entries.items()
        )
        yield f'<li><a href="#chapter-{number}">{html.escape(_of(corpus))}</a><ol>\n{inner}</ol></li>\n'
    if absent:
        yield f'<li><a href="#absent">What has no data yet</a> ({len(absent)})</li>\n'
    yield '<li><a href="#questions">The SQL behind it</a></li>\n<li><a href="#runs">Runs</a></li>\n'


def _of(corpus: str) -> str:
    return f"Corpus {corpus}" if corpus not in ("not computed", "all corpora") else corpus.capitalize()


def _chapter(number: int, corpus: str, parts: Chapter, pictures: Pictures) -> str:
    told = [f'<h2 id="chapter-{number}">{html.escape(_of(corpus))}</h2>\n']
    last = None
    for one, place, shown in parts:
        exhibit = one.exhibit
        if one is not last:
            told.append(f'<h3 id="{exhibit.name}-{number}">{html.escape(exhibit.title)}</h3>\n')
            told.append(f"<p>{html.escape(exhibit.caption)} {_pointer(exhibit.name)}</p>\n")
        told.append(_shown(one, shown, pictures.get((exhibit.name, place))))
        last = one
    return "".join(told)


def _pointer(name: str) -> str:
    return f'<a class="sql" href="#sql-{name}">SQL</a>'


def _shown(one: Filled, shown: Page, picture: tuple[Sequence[bytes], str] | None) -> str:
    chosen = ", ".join(str(value) for name, value in shown.chosen.items() if name != "corpus")
    heading = f"<h4>{html.escape(chosen)}</h4>\n" if chosen else ""
    caption = html.escape(shown.origin)
    if picture is None:
        label = one.exhibit.title + (f", {chosen}" if chosen else "")
        rows = [{name: value for name, value in row.items() if name not in shown.chosen} for row in shown.rows]
        return f'{heading}{as_html(rows, LINKS, label=label)}\n<p class="caption">{caption}</p>\n'
    svgs, finding = picture
    told = html.escape(f"{one.exhibit.title}{', ' if chosen else ''}{chosen}. {finding}", quote=True)
    images = "".join(
        f'<img src="data:image/svg+xml;base64,{b64encode(svg).decode()}" alt="{words}">'
        for svg, words in zip(svgs, [told, *[f"{told} (continued)"] * len(svgs)], strict=False)
    )
    return f"{heading}<figure>{images}<figcaption>{caption}</figcaption></figure>\n"


def _absent(absent: Sequence[Filled]) -> str:
    if not absent:
        return ""
    told = "".join(
        f'<h3 id="{one.exhibit.name}">{html.escape(one.exhibit.title)}</h3>\n'
        f"<p>{html.escape(one.exhibit.caption)} {_pointer(one.exhibit.name)}</p>\n"
        f'<p class="missing">{html.escape(missing(one))}</p>\n'
        for one in absent
    )
    return f'<h2 id="absent">What has no data yet</h2>\n{told}'


def _questions(filled: Sequence[Filled]) -> str:
    told = "".join(
        f'<details id="sql-{one.exhibit.name}"><summary>{html.escape(one.exhibit.title)} '
        f"(sql/report/{one.exhibit.path.name}; rows in {one.exhibit.name}.csv)</summary>"
        f'<pre tabindex="0">{html.escape(one.exhibit.sql)}</pre></details>\n'
        for one in filled
    )
    return f'<h2 id="questions">The SQL behind it</h2>\n{told}'


def _runs(runs: Sequence[Mapping[str, Any]]) -> str:
    """Write the last chapter; the places that links lead to stand before its heading, which stays with its table."""
    heading = '<h2 id="runs">Runs</h2>\n'
    if not runs:
        return f"{heading}<p>None.</p>"
    anchors = "".join(f'<span id="run-{row["run"]}"></span>' for row in runs)
    return anchors + heading + as_html(runs, label="Runs")


def missing(one: Filled) -> str:
    """Say what to do for an exhibit that has no rows."""
    if not one.exhibit.compute:
        return "Nothing to show: nothing is loaded that it could be taken from (see `warehouse ingest --help`)."
    if one.reasons:
        return f"Nothing to show: {'; '.join(one.reasons)}."
    command = f"warehouse compute {one.exhibit.compute}"
    return f"Nothing to show: run `{command}` first; it needs models and readers that fit together."
