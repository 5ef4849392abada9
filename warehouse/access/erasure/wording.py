"""Where a person's label stands in running text: taken out of the ledger, and looked for everywhere else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from warehouse.database.types import Connection
from warehouse.declarations import ARRAY, JSONB, Text
from warehouse.schema.tables import metadata

Labels = Sequence[tuple[str, str]]
"""Group and label of each person."""

INSTEAD = "[forgotten]"
SEARCHED = ("ops", "human", "model")
"""Schemas whose texts could name a person; `stimulus` is what people read, `result` holds numbers."""


def take_out(connection: Connection, labels: Labels) -> int:
    """Replace texts of the ledger that name a person: parameters of runs that loaded data, and errors of all.

    The whole text goes, for an error quotes what the person did beside who it was.

    Returns
    -------
    int
        The number of runs that were changed.
    """
    if not labels:
        return 0
    names = _pattern(label for _, label in labels)
    rows = connection.execute("SELECT run_id, job, parameters, error FROM ops.run").fetchall()
    changed = 0
    for run_id, job, parameters, error in rows:
        told = parameters if job.startswith("compute ") else _without(parameters, names)
        said = INSTEAD if error and names.search(error) else error
        if (told, said) != (parameters, error):
            connection.execute(
                "UPDATE ops.run SET parameters = %s, error = %s WHERE run_id = %s", [Jsonb(told), said, run_id]
            )
            changed += 1
    return changed


def remaining_mentions(connection: Connection, labels: Labels) -> dict[str, int]:
    """Count, by column, the rows whose text names a person all the same.

    A label that other people bear too is looked for with its group.
    """
    if not labels:
        return {}
    borne: set[str] = {label for (label,) in connection.execute("SELECT DISTINCT subject_label FROM human.subject")}
    words = [f"{group}/{label}" if label in borne else label for group, label in labels]
    pattern = f"(^|[^[:alnum:]])({'|'.join(map(re.escape, words))})([^[:alnum:]]|$)"
    found = {}
    for table, column in _texts():
        question = f"SELECT count(*) FROM {table} WHERE {column}::text ~ %s"
        row = connection.execute(question, [pattern]).fetchone()
        if row and row[0]:
            found[f"{table}.{column}"] = int(row[0])
    return found


def _pattern(labels: Iterator[str] | Sequence[str]) -> re.Pattern[str]:
    """Match a label as a word of its own: sub-1 is not part of sub-10."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, labels))})(?![^\W_])")


def _without(value: Any, names: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return INSTEAD if names.search(value) else value
    if isinstance(value, Mapping):
        return {_without(key, names): _without(each, names) for key, each in value.items()}
    return [_without(each, names) for each in value] if isinstance(value, list) else value


def _texts() -> Iterator[tuple[str, str]]:
    for table in metadata.sorted_tables:
        if table.schema in SEARCHED:
            yield from ((table.fullname, c.name) for c in table.c if isinstance(c.type, Text | JSONB | ARRAY) and
                        table.name not in ("attention", "attention_sink"))  # fmt: skip
