"""A mapping to start from, made from the header of a file: what it is sure of, and what it is not as comments."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.fixations.collecting import wanted_columns
from ingest.fixations.mapping import SHIPPED, Form, read_mapping, shipped
from ingest.fixations.tables import Table
from ingest.fixations.totals import holds_totals, is_of_totals

LIKELY: Mapping[str, Sequence[str]] = {
    "reader": ("RECORDING_SESSION_LABEL", "participant_id", "subject_id", "reader_id", "Participant_ID", "subject",
               "participant", "reader", "uniform_id", "sub", "pp_nr"),
    "group": ("group", "language_group", "age_group"),
    "page": ("page", "page_name", "page_id", "text_id", "Text_ID", "item_id", "itemid", "sentenceid", "sentence_id",
             "TRIAL_LABEL", "trial", "trialid", "text", "item", "passage_id", "stimulus"),
    "reading": ("repeated_reading_trial", "reading"),
    "order": ("CURRENT_FIX_INDEX", "fixation_index", "fixation_id", "fixid", "index", "fixation"),
    "start_ms": ("CURRENT_FIX_START", "onset", "start_ms", "start", "fixation_start"),
    "end_ms": ("CURRENT_FIX_END", "offset", "end_ms", "stop"),
    "duration_ms": ("CURRENT_FIX_DURATION", "fixation_duration", "duration_ms", "duration", "dur"),
    "word": ("CURRENT_FIX_INTEREST_AREA_ID", "CURRENT_FIX_INTEREST_AREA_INDEX", "word_id", "word_idx", "word_index",
             "ianum", "aoi", "area_id", "word"),
    "x": ("CURRENT_FIX_X", "x", "location_x", "xn"), "y": ("CURRENT_FIX_Y", "y", "location_y", "yn"),
}  # fmt: skip
"""Names under which reports of Data Viewer, pymovements and the published corpora have each thing, the surest first."""
LABELS = ("CURRENT_FIX_INTEREST_AREA_LABEL", "word_text", "ia", "IA_LABEL")


def suggest_mapping(*files: Path, **_: Any) -> str:
    """Write a mapping for some files, from the header of the first.

    Raises
    ------
    BadInput
        If it is not a table, or one of totals by word.
    """
    table = Table(files[0], Form())
    if holds_totals(table.header):
        raise is_of_totals(table)
    known = _shipped_for(table)
    return "\n".join([*_beginning(files[0], known), *_sections(table), ""])


def _shipped_for(table: Table) -> list[str]:
    """Name the corpora whose mappings this file's columns fit, the one that asks for most first."""
    header = set(table.header)
    needs = {name: set(wanted_columns(read_mapping(str(SHIPPED / f"{name}.toml")))) for name in shipped()}
    fitting = [name for name, columns in needs.items() if len(columns) > 3 and columns <= header]
    return sorted(fitting, key=lambda name: -len(needs[name]))


def _beginning(path: Path, known: Sequence[str]) -> Iterator[str]:
    yield f"# Suggested from the columns of {path.name}; what is not sure is a comment. Check all of it."
    for name in known:
        yield f"# Its columns are those of {name}: try --mapping {name} first, which comes with the warehouse."
    yield ""
    yield "[corpus]"
    yield f'name = "{path.name.partition(".")[0]}"'
    yield 'language = "en"       # of the text, BCP 47'
    yield 'licence = "not known" # of the data: shown wherever they are'
    yield 'citation = "not known"'
    yield 'pairs = "sentence"    # or "page": saccades between sentences count, and a model reads a page at once'
    yield ""


def _sections(table: Table) -> Iterator[str]:
    separator = {"\t": "\\t"}.get(table.separator, table.separator)
    found = {name: next((one for one in names if one in table.header), "") for name, names in LIKELY.items()}
    by_place = not found["word"] and bool(found["x"] and found["y"])
    yield from ["[files]", f'separator = "{separator}"', "", "[columns]"]
    yield from _columns(table, found, by_place)
    yield from ["", "[word]", *(OF_PLACES if by_place else OF_NUMBERS)]
    label = next((one for one in LABELS if one in table.header), "")
    if label and not by_place:
        yield from ["", "[checks]", f'word_text = "{label}"']


def _columns(table: Table, found: Mapping[str, str], by_place: bool) -> Iterator[str]:
    needed = {"reader", "page", "duration_ms", *({"x", "y"} if by_place else {"word"})}
    unwanted = {*({"end_ms"} if found["duration_ms"] else ()), *(() if by_place else ("x", "y"))}
    for name, column in found.items():
        if column and name not in unwanted:
            yield f'{name} = "{column}"'
        elif name in needed:
            yield f'# {name} = "?"    # needed; the columns are {", ".join(table.header)[:200]}'
        elif name in USUAL:
            yield USUAL[name]


USUAL = {
    "order": 'order = "row"',
    "group": 'group = {value = "L1"}    # or a column; describe groups of your own in [groups]',
}
OF_PLACES = ('counts = "place"      # the words file must have left, top, right, bottom',)
OF_NUMBERS = (
    "base = 1              # the number of the first word",
    'off = [".", "-1"]     # numbers that mean: on no word',
    'counts = "word"       # or "character": the words file must then say which word has which',
    'within = "page"       # or "sentence": where numbers begin again with each sentence',
)
