"""Tables as studies publish them: rows in pieces, whatever the separator, the encoding and the name of the file."""

import csv
import gzip
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
from warehouse.errors import BadInput, MissingInput
from warehouse.plugin.fetched import refuse_unfetched

ROWS = 1 << 13
"""Rows that are in memory at once."""
SEPARATORS = ("\t", ";", ",")
BINARY = {
    b"PK\x03\x04": "a spreadsheet or an archive: save it as text, tab-separated",
    b"RDX": "an R data file: write it as text in R, with write.table",
    b"PAR1": "a Parquet file: write it as text, tab-separated",
    b"MATLAB": "a MATLAB file: write it as text, tab-separated",
    b"\x89HDF": "an HDF5 file: write it as text, tab-separated",
    b"\xd0\xcf\x11\xe0": "a spreadsheet: save it as text, tab-separated",
}
"""How files begin that hold no text, and what to do about them."""
MARKS = {b"\xff\xfe\0\0": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""How files begin whose encoding their mark tells; Data Viewer and spreadsheets write UTF-16."""
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Piece:
    """Some rows of a table that follow each other, by column; `first` is the first one's line in the file."""

    columns: Mapping[str, Sequence[str]]
    count: int
    first: int


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
                self._refuse_other_lengths(kept, line)
                if kept:
                    columns = dict(zip(wanted, zip(*map(pick, kept), strict=True), strict=True))
                    yield Piece(columns, len(kept), line)
                line += len(some)

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

    def _refuse_other_lengths(self, rows: Sequence[list[str]], first: int) -> None:
        if set(map(len, rows)) - {len(self.header)}:
            row = next(place for place, row in enumerate(rows) if len(row) != len(self.header))
            what = f"holds {len(rows[row])} values where the header names {len(self.header)}"
            remedy = "repair or fetch it again; where quotes are part of words, write quote = '' in [files]"
            raise BadInput(what, f"{self.path}, line {first + row}", remedy)

    def _rows(self, file: IO[str]) -> Iterator[list[str]]:
        if self.form.quote:
            return csv.reader(file, delimiter=self.separator, quotechar=self.form.quote)
        return csv.reader(file, delimiter=self.separator, quoting=csv.QUOTE_NONE)

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
        opened: Callable[..., Any] = gzip.open if path.suffix.lower() == ".gz" else open
        with self._readable():
            with opened(path, "rb") as raw:
                start = raw.read(256)
            self._refuse_no_text(start)
            encoding = next((told for mark, told in MARKS.items() if start.startswith(mark)), self.form.encoding)
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
        except (OSError, EOFError, zlib.error) as error:
            remedy = "check its permissions, or fetch it again"
            raise BadInput(f"cannot be read ({error})", self.path, remedy) from None

    def _refuse_no_text(self, start: bytes) -> None:
        refuse_unfetched(self.path, start)
        for begun, remedy in BINARY.items():
            if start.startswith(begun):
                what, _, todo = remedy.partition(": ")
                raise BadInput(f"is {what}, and not a table in a text file", self.path, todo)
        if not start:
            raise BadInput("is empty", self.path, "fetch it again")

    def _not_of_the_encoding(self, error: UnicodeError) -> BadInput:
        remedy = "say which encoding it is in: encoding in [files] or [words], e.g. 'latin-1' or 'mac-roman'"
        if isinstance(error, UnicodeDecodeError):
            return BadInput(f"byte {error.object[error.start]:#04x} is not {error.encoding}", self.path, remedy)
        return BadInput(f"is not in {self.form.encoding} ({error})", self.path, remedy)
