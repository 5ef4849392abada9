"""A mapping file: what a study's columns mean, where its words are, and who took part."""

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from ingest.fixations.fields import Field, field_of
from ingest.fixations.names import Names
from warehouse.errors import BadInput, UnknownName
from warehouse.plugin.toml import read_toml
from warehouse.suggestions import near_names

SHIPPED = Path(__file__).with_name("corpora")
MISSING = ("", ".", "n/a", "NA", "N/A", "NaN", "nan", "None", "null")
"""How a table says that it has no value, unless its mapping says otherwise: as published, and as pandas and R write."""
BY_ROW = ("order", "row")
"""The order in which rows stand in the file: no column says it."""
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
NAMES = Names()
FROM_FIXATIONS = "from fixations"
ONE_CHARACTER = {"separator": ("auto",), "quote": ("",)}
"""Settings that are one character of a table, or one of these."""
WORDS_FORM = ("name", "separator", "encoding", "quote")
WORDS_FIELDS = (
    "article", "page", "sentence", "position", "text", "words", "letter", "character", "first", "last", "left", "top",
    "right", "bottom",
)  # fmt: skip
COLUMNS = (
    "reader", "group", "page", "reading", "sentence", "order", "start_ms", "end_ms", "duration_ms", "word", "x", "y",
)  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """The facts of a corpus, as `stimulus.corpus` has them; ``pairs`` is ``sentence`` or ``page``."""

    name: str
    language: str
    licence: str
    citation: str
    pairs: Literal["sentence", "page"] = "sentence"
    status: str = ""


@dataclass(frozen=True)
class Form:
    """How a table is written, and which fields its file's name holds (``reader{reader}_{page}.tsv``)."""

    separator: str = "auto"
    encoding: str = "utf-8-sig"
    decimal: Literal[".", ","] = "."
    quote: str = '"'
    missing: tuple[str, ...] = MISSING
    name: str = ""


@dataclass(frozen=True)
class Areas:
    """What the numbers of words mean: from which number they count, in what, and which are not words."""

    base: int = 1
    off: tuple[str, ...] = ()
    counts: Literal["word", "character", "place"] = "word"
    within: Literal["page", "sentence"] = "page"


@dataclass(frozen=True)
class Mapping:
    """A mapping, checked against what a mapping can say."""

    corpus: Corpus
    files: Form
    columns: Map[str, Field]
    word: Areas
    words: Map[str, Field]
    words_form: Form
    words_are_in_fixations: bool = False
    only: Map[str, tuple[str, ...]] = field(default_factory=dict)
    skip: Map[str, tuple[str, ...]] = field(default_factory=dict)
    alias: Map[str, str] = field(default_factory=dict)
    exclude: Map[str, str] = field(default_factory=dict)
    groups: Map[str, str] = field(default_factory=dict)
    word_text: str = ""
    text: str = ""


def shipped() -> list[str]:
    """Name the corpora whose mappings come with the warehouse."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def read_mapping(name: str) -> Mapping:
    """Read a mapping: a file, or the name of one that comes with the warehouse.

    Raises
    ------
    UnknownName
        There is neither.
    BadInput
        It says what no mapping says, or leaves out what each must say.
    """
    path = Path(name)
    if not path.exists() and name in shipped():
        path = SHIPPED / f"{name}.toml"
    if not path.exists():
        raise UnknownName("mapping file", name, shipped())
    return _mapping(path, read_toml(path, "mapping file"))


def _mapping(path: Path, told: dict[str, Any]) -> Mapping:
    parts = ("corpus", "files", "columns", "word", "words", "only", "skip", "readers", "groups", "checks")
    _refuse_unknown(path, "", told, parts)
    words = told.get("words", {})
    if isinstance(words, str) and words != FROM_FIXATIONS:
        raise BadInput(f"words = {words!r}", path, f"write words = {FROM_FIXATIONS!r}, or a section [words]")
    tables = {part: _table(path, part, told) for part in parts if part != "words" or not isinstance(words, str)}
    of_words = tables.get("words", {})
    _refuse_unknown(path, "words", of_words, (*WORDS_FORM, *WORDS_FIELDS))
    _refuse_unknown(path, "columns", tables["columns"], COLUMNS)
    _refuse_unknown(path, "readers", tables["readers"], ("alias", "exclude"))
    _refuse_unknown(path, "checks", tables["checks"], ("word_text",))
    form = _made(path, "files", Form, tables["files"])
    found = Mapping(
        _made(path, "corpus", Corpus, tables["corpus"]),
        form,
        _fields(path, "columns", tables["columns"], COLUMNS),
        _made(path, "word", Areas, tables["word"]),
        _fields(path, "words", of_words, WORDS_FIELDS),
        _made(path, "words", Form, {n: v for n, v in of_words.items() if n in WORDS_FORM}),
        isinstance(words, str),
        _rows(path, "only", tables["only"]),
        _rows(path, "skip", tables["skip"]),
        {name: NAMES[other] for name, other in _of_readers(path, "alias", tables["readers"]).items()},
        _of_readers(path, "exclude", tables["readers"]),
        _pairs(path, "groups", tables["groups"]),
        str(tables["checks"].get("word_text", "")),
        repr(sorted(told.items(), key=lambda part: part[0])),
    )
    if not LANGUAGE.fullmatch(found.corpus.language):
        what = f"language = {found.corpus.language!r} is not a code of a language"
        raise BadInput(what, f"{path}, [corpus]", "give it as BCP 47 does, e.g. en, de-CH or zh-Hans")
    _require_enough(path, found)
    _require_reasons(path, found.exclude)
    return found


def _require_enough(path: Path, mapping: Mapping) -> None:
    columns = mapping.columns
    by_place = mapping.word.counts == "place"
    needed = ["reader", "page", *(("x", "y") if by_place else ("word",))]
    lacking = [name for name in needed if name not in columns and f"{{{name}}}" not in mapping.files.name]
    if "duration_ms" not in columns and not {"start_ms", "end_ms"} <= columns.keys():
        lacking.append("duration_ms")
    if lacking:
        raise BadInput(f"does not say which column is {', '.join(lacking)}", f"{path}, [columns]", "add it")
    if mapping.words_are_in_fixations and (not mapping.word_text or mapping.word.counts != "word"):
        what = "takes the words from the fixations, which must then have a column with the text of the word looked at"
        raise BadInput(what, path, "name it: [checks] word_text, and count words in [word]")


def _require_reasons(path: Path, exclude: Map[str, str]) -> None:
    for label, why in exclude.items():
        if not why.strip():
            raise BadInput(f"leaves {label!r} out without a reason", f"{path}, readers, exclude", "say why")


def _made(path: Path, part: str, kind: Any, told: Map[str, Any]) -> Any:
    """Make the facts of a section, checked by the types of their class."""
    known = {each.name: each for each in fields(kind)}
    _refuse_unknown(path, part, told, tuple(known))
    values = {name: _value(path, part, name, known[name].type, value) for name, value in told.items()}
    without = [name for name in known if _must_be_given(kind, name) and not values.get(name)]
    if without:
        raise BadInput(f"does not say {', '.join(without)}", f"{path}, [{part}]", "add it, e.g. licence = 'CC BY 4.0'")
    return kind(**values)


def _value(path: Path, part: str, name: str, wanted: Any, value: Any) -> Any:
    """Give a value of the type that is declared."""
    where = f"{path}, [{part}]"
    if get_origin(wanted) is tuple:
        return _texts(path, f"{part}, {name}", value)
    if get_origin(wanted) is Literal and value not in get_args(wanted):
        raise BadInput(f"{name} = {value!r}", where, f"give one of {', '.join(map(repr, get_args(wanted)))}")
    if wanted is int and type(value) is not int:
        raise BadInput(f"{name} = {value!r} is not a whole number", where, "correct it")
    if wanted is str and not isinstance(value, str):
        raise BadInput(f"{name} = {value!r} is not text", where, "put it in quotes")
    if name in ONE_CHARACTER and value not in ONE_CHARACTER[name] and (len(value) != 1 or value in "\r\n"):
        raise BadInput(f"{name} = {value!r} is not one character", where, "correct it, or leave it out")
    return value


def _must_be_given(kind: Any, name: str) -> bool:
    return not hasattr(kind, name)


def _fields(path: Path, part: str, told: Map[str, Any], known: tuple[str, ...]) -> dict[str, Field]:
    found = {name: field_of(value, f"{path}, [{part}] {name}") for name, value in told.items()
             if name in known and (name, value) != BY_ROW}  # fmt: skip
    return {name: one for name, one in found.items() if one is not None}


def _table(path: Path, part: str, told: Map[str, Any]) -> dict[str, Any]:
    found = told.get(part, {})
    if not isinstance(found, dict):
        raise BadInput("is not a section", f"{path}, {part}", f"write [{part}] on a line of its own")
    return found


def _texts(path: Path, where: str, value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int) for one in values):
        raise BadInput(f"{value!r} is not a list of texts", f"{path}, {where}", 'write e.g. [".", "NA"]')
    return tuple(str(one) for one in values)


def _rows(path: Path, part: str, told: Map[str, Any]) -> dict[str, tuple[str, ...]]:
    return {column: _texts(path, f"{part}, {column}", values) for column, values in told.items()}


def _of_readers(path: Path, name: str, told: Map[str, Any]) -> dict[str, str]:
    """Give what is said of readers, by their names as they are written in the warehouse."""
    return {NAMES[reader]: said for reader, said in _pairs(path, f"readers, {name}", told.get(name, {})).items()}


def _pairs(path: Path, where: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise BadInput("is not a table of texts", f"{path}, {where}", 'write e.g. {"21" = "0"}')
    return value


def _refuse_unknown(path: Path, part: str, told: Map[str, Any], known: tuple[str, ...]) -> None:
    for name in told:
        if name not in known:
            near = near_names(name, known)
            remedy = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise BadInput(
                f"says {name!r}, which is not a setting of a mapping", f"{path}{f', [{part}]' if part else ''}", remedy
            )
