"""A mapping to start from, made from the header of a file: what it is sure of, and what it is not as comments."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.fixations.collecting import wanted_columns
from ingest.fixations.guessing import Guess, guess, unit
from ingest.fixations.mapping import SHIPPED, Form, read_mapping, shipped
from ingest.fixations.study import given
from ingest.fixations.tables import Table
from ingest.fixations.totals import holds_totals, is_of_totals
from warehouse.errors import BadInput

FALLBACK = "latin-1"
"""An encoding that every file has."""
ORDER = ("reader", "group", "page", "reading", "order", "start_ms", "end_ms", "duration_ms", "word", "x", "y")


def suggest_mapping(*files: Path, dataset: str | None = None, directory: Path | None = None, **_: Any) -> str:
    """Write a mapping for some files, from the first.

    Raises
    ------
    BadInput
        If it is not a table, or one of totals by word.
    """
    if dataset or not files:
        files = tuple(given(files, None, dataset, directory)[0])
    table = Table(files[0], Form()) if _is_unicode(files[0]) else Table(files[0], Form(encoding=FALLBACK))
    if holds_totals(table.header):
        raise is_of_totals(table)
    known = _shipped_for(table)
    return "\n".join([*_beginning(files[0], known), *_sections(table, guess(table)), ""])


def _is_unicode(path: Path) -> bool:
    try:
        next(Table(path, Form()).pieces([]), None)
    except BadInput as refused:
        return not isinstance(refused.__cause__ or refused.__context__, UnicodeDecodeError)
    return True


def _shipped_for(table: Table) -> list[str]:
    """Name the corpora whose mappings this file's columns fit, the one that asks for most first."""
    header = set(table.header)
    needs = {name: set(wanted_columns(read_mapping(str(SHIPPED / f"{name}.toml")))) for name in shipped()}
    fitting = [name for name, columns in needs.items() if len(columns) > 3 and columns <= header]
    return sorted(fitting, key=lambda name: -len(needs[name]))


def _beginning(path: Path, known: Sequence[str]) -> Iterator[str]:
    yield f"# Suggested from the columns of {_line([path.name])}; what is not sure is a comment. Check all of it."
    for name in known:
        yield f"# Its columns are those of {name}: try --mapping {name} first, which comes with the warehouse."
    yield ""
    yield "[corpus]"
    yield f"name = {_quoted(path.name.partition('.')[0])}"
    yield 'language = "en"       # of the text, BCP 47'
    yield 'licence = "not known" # of the data: shown wherever they are'
    yield 'citation = "not known"'
    yield 'pairs = "sentence"    # or "page": saccades between sentences count, and a model reads a page at once'
    yield ""


def _sections(table: Table, found: Guess) -> Iterator[str]:
    yield from ["[files]", f"separator = {_quoted(table.separator)}"]
    if table.form.encoding == FALLBACK:
        yield f'encoding = "{FALLBACK}"  # it is not UTF-8; or "cp1252", "mac-roman": look at letters with accents'
    if found.decimal == ",":
        yield 'decimal = ","'
    if not {"reader", "page"} <= found.columns.keys():
        yield f'# name = "{{reader}}_{{page}}{table.path.suffix}"    # where the names of the files tell them'
    yield from ["", "[columns]", *_columns(table, found), "", "[word]"]
    yield from OF_PLACES if found.is_by_place else _of_numbers(found)
    if found.only:
        yield from ["", "[only]", *(f"{_quoted(name)} = {_list(values)}" for name, values in found.only.items())]
    if found.label and not found.is_by_place:
        yield from ["", "[checks]", f"word_text = {_quoted(found.label)}"]


def _columns(table: Table, found: Guess) -> Iterator[str]:
    needed = {"reader", "page", "duration_ms", *({"x", "y"} if found.is_by_place else {"word"})}
    unwanted = {*({"end_ms"} if "duration_ms" in found.columns else ()), *(() if found.is_by_place else ("x", "y"))}
    for name in ORDER:
        if name in found.columns and name not in unwanted:
            doubt = "    # not sure: guessed from its name" if name in found.alike else ""
            yield f"{name} = {_column(name, found.columns[name])}{doubt}"
        elif name in needed:
            yield f'# {name} = "?"    # needed; the columns are {_line(table.header)}'
        elif name in USUAL:
            yield USUAL[name]


def _of_numbers(found: Guess) -> Iterator[str]:
    counts = '"character"  # ' if found.counts_characters else '"word"       # or "character": '
    yield f"base = {found.base}              # the number of the first word"
    yield f"off = {_list(found.off or ['.', '-1'])}     # numbers that mean: on no word"
    yield f"counts = {counts}the words file must then say which word has which"
    yield 'within = "page"       # or "sentence": where numbers begin again with each sentence'


def _quoted(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _column(thing: str, name: str) -> str:
    """Write a column, with its unit where it is a time in another one than milliseconds."""
    said = unit(name) if thing.endswith("_ms") else ""
    return f"{{column = {_quoted(name)}, unit = {_quoted(said)}}}" if said else _quoted(name)


def _line(names: Sequence[str]) -> str:
    """Write names in a comment, on one line whatever is in them."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in ", ".join(names)).split())[:200]


USUAL = {
    "order": 'order = "row"',
    "group": 'group = {value = "L1"}    # or a column; describe groups of your own in [groups]',
}
OF_PLACES = ('counts = "place"      # the words file must have left, top, right, bottom',)
