"""The files of `sql/`: one view or function per file.

The folder is the schema (`fn` < `current` < `slice` < `mart`): a file uses tables, objects of earlier schemas, and of
its own schema those that come before it by name, so the order needs no list. Its header becomes the object's comment,
and the field dictionary comments its columns.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from warehouse.schema.directories import sql_directory
from warehouse.schema.tables import SCHEMAS

SQL_SCHEMAS = ("fn", "current", "slice", "mart")
OWN_SCHEMAS = (*SCHEMAS, *SQL_SCHEMAS)
"""All schemas of the warehouse; what is in others is somebody else's."""
SCHEMA_COMMENTS = {
    "ops": "What ran, on what, how it ended, and usage warnings",
    "stimulus": "What was read: corpora, articles, sentences, words",
    "human": "How people read: readers, fixations, saccades, brain activation",
    "model": "What models attend to: models, conditions, extractions, attention",
    "result": "What was computed; every row leads to a run",
    "fn": "Functions with the definitions of the field",
    "current": "Views of the results that hold now: of runs that are done, not superseded",
    "slice": "Views that analyses read",
    "mart": "Views for people and BI tools: start here",
}
"""What each of them holds."""


@dataclass(frozen=True)
class SqlFile:
    """A file of `sql/` and the object that it makes."""

    path: Path

    @property
    def schema(self) -> str:
        """The schema, which is the folder."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """The object's name with its schema, which is the path."""
        return f"{self.schema}.{self.path.stem}"

    @property
    def kind(self) -> str:
        """`function` in the schema of functions, `view` above."""
        return "function" if self.schema == "fn" else "view"

    @cached_property
    def text(self) -> str:
        """The statement, header included."""
        return self.path.read_text(encoding="utf-8")

    @property
    def sha256(self) -> str:
        """Digest of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def comment(self) -> str:
        """The header: the comment lines that the file begins with."""
        header = re.match(r"(?:--.*\n)+", self.text)
        lines = header.group().splitlines() if header else []
        return "\n".join(line.removeprefix("--").strip() for line in lines).strip()


def sql_files() -> list[SqlFile]:
    """Give every file of `sql/` in the order of installing."""
    return [SqlFile(path) for schema in SQL_SCHEMAS for path in sorted((sql_directory() / schema).glob("*.sql"))]
