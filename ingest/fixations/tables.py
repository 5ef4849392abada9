"""Tables as studies publish them: rows in pieces, whatever the separator, the encoding and the name of the file."""

import bz2
import csv
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, cast

from ingest.fixations.mapping import Form
from ingest.fixations.pieces import Piece
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.fetched import refuse_unfetched

ROWS = 1 << 13
"""Rows that are in memory at once."""
SEPARATORS = ("\t", ";", ",")
BINARY = {
    b"PK\x03\x04": "a spreadsheet or an archive: save it as text, tab-separated",
    b"RDX": "an R data file: write it as text in R, with write.table",
    b"X\n\0\0": "an R data file: write it as text in R, with write.table",
    b"PAR1": "a Parquet file: write it as text, tab-separated",
    b"MATLAB": "a MATLAB file: write it as text, tab-separated",
    b"\x89HDF": "an HDF5 file: write it as text, tab-separated",
    b"\xd0\xcf\x11\xe0": "a spreadsheet: save it as text, tab-separated",
}
"""How files begin that hold no text, and what to do about them."""
PACKED: Mapping[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
"""How compressed files begin, whatever their names, and how they are opened."""
MARKS = {b"\xff\xfe\0\0": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""How files begin whose encoding their mark tells; Data Viewer and spreadsheets write UTF-16."""
FIELD = re.compile(r"\{(\w+)\}")
LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Table:
    """A table in a text file."""

    path: Path
    form: Form

    @cached_property
    def header(self) -> list[str]:
        """The names of its columns.

        Raises
        ------
        BadInput
            If it is not text, or its first line is not separated.
        """
        with self._opened() as file:
            header, row = [*self._some(self._rows(file), 1, 2), [], []][:2]
        if len(header) < 2:
            shown = "".join(header)[:60]
            raise BadInput(f"the first line, {shown!r}, is not separated", self.path, "say by what: [files] separator")
        names = [name.strip() for name in header]
        if len(row) == len(names) + 1:  # the names of R's rows, or what follows a separator at the end
            return ["", *names] if row[-1] else [*names, ""]
        return names

    @cached_property
    def of_name(self) -> dict[str, str]:
        """What the file's name says, by field.

        Raises
        ------
        BadInput
            If it is not of the form that the mapping gives.
        """
        if not self.form.name:
            return {}
        pattern = "".join(
            f"(?P<{part}>.+?)" if place % 2 else re.escape(part)
            for place, part in enumerate(FIELD.split(self.form.name))
        )
        name = "/".join(self.path.parts[-1 - self.form.name.count("/") :])
        try:
            found = re.fullmatch(pattern, name.removesuffix(".gz"))
        except re.error as error:
            raise BadInput(f"cannot be told by {self.form.name!r}: {error}", self.path, "correct name") from None
        if found is None:
            raise BadInput(
                f"is not named as {self.form.name!r}", self.path, "give the files that belong, or change name"
            )
        return found.groupdict()

    def pieces(self, wanted: Sequence[str]) -> Iterator[Piece]:
        """Yield the rows, some columns of them.

        Raises
        ------
        BadInput
            If a column is not there or stands twice, or a row is shorter or longer than the header.
        """
        places = self._places(wanted)
        pick = itemgetter(*places) if len(places) > 1 else lambda row: tuple(row[place] for place in places)
        with self._opened() as file:
            rows, line = self._rows(file), 2
            next(rows)
            while some := self._some(rows, line):
                kept = [row for row in some if row]
                lines = [line + place for place, row in enumerate(some) if row]
                self._refuse_other_lengths(kept, lines)
                if rows.line_num - line + 1 != len(some):
                    self._refuse_open_quotes(kept, lines)
                if kept:
                    columns = dict(zip(wanted, zip(*map(pick, kept), strict=True), strict=True))
                    yield Piece(self.path, columns, lines)
                line = rows.line_num + 1

    def _some(self, rows: Iterator[list[str]], line: int, count: int = ROWS) -> list[list[str]]:
        try:
            with self._readable():
                return list(islice(rows, count))
        except csv.Error as error:
            where = f"{self.path}, after line {line}"
            raise BadInput(f"cannot be read as a table: {error}", where, "repair or fetch it again") from None

    def _places(self, wanted: Sequence[str]) -> list[int]:
        for name in wanted:
            if name not in self.header:
                told = ", ".join(self.header)[:600]
                raise BadInput(f"has no column {name!r}", f"{self.path}, line 1", f"its columns are {told}")
            if self.header.count(name) > 1:
                raise BadInput(f"has the column {name!r} twice", f"{self.path}, line 1", "keep the one that is right")
        return [self.header.index(name) for name in wanted]

    def _refuse_other_lengths(self, rows: Sequence[list[str]], lines: Sequence[int]) -> None:
        if set(map(len, rows)) - {len(self.header)}:
            row = next(place for place, row in enumerate(rows) if len(row) != len(self.header))
            what = f"holds {len(rows[row])} values where the header names {len(self.header)}"
            remedy = "repair or fetch it again; where quotes are part of words, write quote = '' in [files]"
            raise BadInput(what, f"{self.path}, line {lines[row]}", remedy)

    def _refuse_open_quotes(self, rows: Sequence[list[str]], lines: Sequence[int]) -> None:
        """Refuse a row that is several lines each of which is a row: a quotation mark of a word opened it."""
        for row, line in zip(rows, lines, strict=True):
            parts = LINE_END.split(self.separator.join(row).rstrip("\r\n"))
            if len(parts) > 1 and all(part.count(self.separator) == len(row) - 1 for part in parts):
                what = f"a quotation mark makes one row of {len(parts)} lines"
                remedy = "where quotes are part of words, write quote = '' in [files] or [words]; else repair it"
                raise BadInput(what, f"{self.path}, line {line}", remedy)

    def _rows(self, file: IO[str]) -> Any:
        """Give the rows; `line_num` of what is given is the number of lines read."""
        quotes = {"quotechar": self.form.quote} if self.form.quote else {"quoting": csv.QUOTE_NONE}
        if self.separator == " ":  # columns may be aligned by several
            return csv.reader(map(str.strip, file), delimiter=" ", skipinitialspace=True, **quotes)
        return csv.reader(file, delimiter=self.separator, **quotes)

    @cached_property
    def separator(self) -> str:
        """What separates values: as the mapping says, or what the first line has most of."""
        if self.form.separator != "auto":
            return self.form.separator
        with self._opened() as file:
            line = file.readline(1 << 20)
        return max(SEPARATORS, key=line.count) if any(one in line for one in SEPARATORS) else " "

    def _opened(self) -> IO[str]:
        """Open the text.

        Raises
        ------
        MissingInput
            If there is no such file.
        BadInput
            If it cannot be read or holds no text.
        """
        path = self.path
        refuse_unfetched(path)
        if path.is_dir():
            raise BadInput("is a folder", path, f"give its files, e.g. {path / '*.tsv'}")
        if not path.is_file():
            raise MissingInput(path, "table")
        with self._readable():
            with path.open("rb") as raw:
                begins = raw.read(8)
            opened = next((way for mark, way in PACKED.items() if begins.startswith(mark)), open)
            with opened(path, "rb") as raw:
                start = raw.read(256)
            encoding = next((told for mark, told in MARKS.items() if start.startswith(mark)), self.form.encoding)
            self._refuse_no_text(start, encoding)
            with opened(path, "rt", encoding=encoding, newline="") as file:
                file.readline(1 << 20)
            return cast(IO[str], opened(path, "rt", encoding=encoding, newline=""))

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Say in a sentence what Python says of a file that it cannot read."""
        try:
            yield
        except LookupError:
            what = f"is in {self.form.encoding!r}, which is not an encoding"
            raise BadInput(what, self.path, "give e.g. utf-8") from None
        except UnicodeError as error:
            raise self._not_of_the_encoding(error) from None
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            remedy = "check its permissions, or fetch it again"
            raise BadInput(f"cannot be read ({error})", self.path, remedy) from None

    def _refuse_no_text(self, start: bytes, encoding: str) -> None:
        refuse_unfetched(self.path, start)
        for begun, remedy in BINARY.items():
            if start.startswith(begun):
                what, _, todo = remedy.partition(": ")
                raise BadInput(f"is {what}, and not a table in a text file", self.path, todo)
        if not start:
            raise BadInput("is empty", self.path, "fetch it again")
        if b"\0" in start and b"\0" not in "a".encode(encoding):
            remedy = "write it as text, tab-separated; if it is UTF-16 without its mark, say encoding = 'utf-16-le'"
            raise BadInput("holds bytes that are 0, as no text does", self.path, remedy)

    def _not_of_the_encoding(self, error: UnicodeError) -> BadInput:
        remedy = "say which encoding it is in: encoding in [files] or [words], e.g. 'latin-1' or 'mac-roman'"
        if isinstance(error, UnicodeDecodeError):
            return BadInput(f"byte {error.object[error.start]:#04x} is not {error.encoding}", self.path, remedy)
        return BadInput(f"is not in {self.form.encoding} ({error})", self.path, remedy)
