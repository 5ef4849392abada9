"""One HTML page that needs nothing else: pictures are in it, and no address points outside."""

import html
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.report.filling import Filled
from warehouse.report.tables import as_html

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 96rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem; }
figure { margin: 1.5rem 0; } figure img { max-width: 100%; } figcaption, .caption { font-size: 0.87em; color: #333; }
p, nav, pre, figure { max-width: 62rem; }
table { border-collapse: collapse; font-size: 0.82em; } .wide { overflow-x: auto; }
td:first-child { white-space: nowrap; }
th { text-align: left; border-bottom: 1.5px solid #111; } td { border-bottom: 1px solid #ddd; }
.right { text-align: right; white-space: nowrap; } th, td { padding: 0.15rem 0.6rem 0.15rem 0; vertical-align: top; }
pre { font-size: 0.8em; overflow-x: auto; background: #f6f6f6; }
.missing { color: #555; font-style: italic; } nav li { font-size: 0.9em; } details { font-size: 0.87em; }
@media print { details { display: none; } h2 { break-before: auto; } figure, table { break-inside: avoid; } }
"""


def page(filled: Sequence[Filled], pictures: Mapping[str, Sequence[bytes]], runs: Sequence[Mapping[str, Any]]) -> str:
    """Write the page.

    Parameters
    ----------
    filled : sequence of Filled
        The exhibits in their order.
    pictures : mapping of str to sequence of bytes
        By name of the exhibit, the SVG of each of its pages.
    runs : sequence of mapping
        The runs behind it all.
    """
    entries = "".join(map(_entry, filled))
    body = "".join(_section(one, pictures.get(one.exhibit.name, ())) for one in filled)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Attention Warehouse: report</title><style>{STYLE}</style></head><body>\n"
        "<h1>What language models attend to beside how people read</h1>\n"
        "<p>Every table and figure names the runs of its numbers; <code>warehouse explain RUN</code> follows a run "
        "back to its files. The paper is Gao, Huang, Li and Chen (2023), Findings of EMNLP. Layers count from 0.</p>\n"
        f"<nav><ol>{entries}</ol></nav>\n{body}"
        f'<h2 id="runs">Runs</h2>\n{as_html(runs) if runs else "<p>None.</p>"}\n</body></html>\n'
    )


def _entry(one: Filled) -> str:
    told = "" if one.pages else " (no data yet)"
    return f'<li><a href="#{one.exhibit.name}">{html.escape(one.exhibit.title)}</a>{told}</li>\n'


def _section(one: Filled, pictures: Sequence[bytes]) -> str:
    exhibit = one.exhibit
    parts = [f'<h2 id="{exhibit.name}">{html.escape(exhibit.title)}</h2>\n<p>{html.escape(exhibit.caption)}</p>\n']
    if not one.pages:
        parts.append(f'<p class="missing">{html.escape(missing(one))}</p>\n')
    for number, shown in enumerate(one.pages):
        chosen = ", ".join(str(value) for value in shown.chosen.values())
        caption = html.escape(f"{chosen}. {shown.origin}" if chosen else shown.origin)
        if exhibit.figure:
            source = f"data:image/svg+xml;base64,{b64encode(pictures[number]).decode()}"
            alternative = html.escape(f"{exhibit.title}: {chosen}", quote=True)
            image = f'<img src="{source}" alt="{alternative}">'
            parts.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>\n")
        else:
            parts.append(f'{as_html(shown.rows)}\n<p class="caption">{caption}</p>\n')
    parts.append(
        "<details><summary>The SQL that yields these numbers "
        f"(sql/report/{exhibit.path.name}; rows in {exhibit.name}.csv)</summary>"
        f"<pre>{html.escape(exhibit.sql)}</pre></details>\n"
    )
    return "".join(parts)


def missing(one: Filled) -> str:
    """Say what to do for an exhibit that has no rows."""
    if not one.exhibit.compute:
        return "Nothing to show: nothing is loaded that it could be taken from (see `warehouse ingest --help`)."
    if one.reasons:
        return f"Nothing to show: {'; '.join(one.reasons)}."
    command = f"warehouse compute {one.exhibit.compute}"
    return f"Nothing to show: run `{command}` and then the report again; it needs models and readers that fit together."
