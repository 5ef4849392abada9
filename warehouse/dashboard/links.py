"""Where a value in a table leads to: a number to its run, a reader and a sentence to their pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from warehouse.report.tables import Link

PAGES = {
    "reader": ("/reader", "reader"), "subject_label": ("/reader", "reader"),
    "sentence": ("/sentence", "sentence"), "sentence_label": ("/sentence", "sentence"),
}  # fmt: skip
"""By column: the page, and what its address calls the value."""


def links(corpus: str = "") -> Mapping[str, Link]:
    """Give the address of each value by column, with the corpus of its row or this one: corpora share labels."""
    return {"run": _run} | {column: _of_corpus(*page, corpus) for column, page in PAGES.items()}


def _run(value: Any, row: Mapping[str, Any]) -> str:
    return f"/run?run={value}"


def _of_corpus(path: str, name: str, corpus: str) -> Link:
    def address(value: Any, row: Mapping[str, Any]) -> str:
        known = {"corpus": row.get("corpus") or corpus, name: value}
        return f"{path}?{urlencode({key: one for key, one in known.items() if one})}"

    return address


LINKS = links()
