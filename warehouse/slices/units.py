"""The units of work that an analysis has, and the name of each: read from what the analysis and the tables declare.

A unit is a row of the analysis's views. Its key in the ledger follows from the columns that the analysis names in
`unit`, an id being told by what names its row: the unique columns of its table, and of the tables that these refer to.
So units that differ have different keys, here and in a warehouse that these results are taken to.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from warehouse.database.types import Connection
from warehouse.declarations import Column, MetaData, Table, UniqueConstraint
from warehouse.errors import BadInput
from warehouse.plugin.registry import Analysis
from warehouse.slices.reading import Reading, Work

Named = list[tuple[str, str]]
"""The names of a row and what they are names of: ``[("corpus", "simulated"), ("article_position", "0")]``."""


def work_of(reading: Reading, analysis: Analysis, where: sql.Composable, chosen: Mapping[str, Any]) -> dict[str, Work]:
    """Give the rows of an analysis's views under a condition, by their keys, ordered so that neighbours share slices.

    Raises
    ------
    BadInput
        If the analysis's declaration does not tell its units apart.
    """
    _refuse_overlap(analysis)
    order = sql.SQL(", ").join(sql.Identifier(name) for name in analysis.order or analysis.unit)
    with reading.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_ROWS.format(views(analysis), where, order), chosen).fetchall()
    keys = keys_of(reading, analysis, rows)
    _refuse_twins(analysis, keys)
    return dict(zip(keys, rows, strict=True))


def count_work(
    connection: Connection, analysis: Analysis, where: sql.Composable, chosen: Mapping[str, Any]
) -> list[tuple[Work, int]]:
    """Count the rows of an analysis's views under a condition, for each group of readers where it reads them."""
    of_readers = [name for name in ("corpus_id", "measure_id", "language_group") if "readers" in analysis.reads]
    by = sql.SQL(", ").join(map(sql.Identifier, of_readers)) if of_readers else sql.SQL("()")
    named = sql.SQL("").join(sql.SQL("{}, ").format(sql.Identifier(name)) for name in of_readers)
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_COUNT.format(named, views(analysis), where, by), chosen).fetchall()
    return [(row, row.pop("unit_count")) for row in rows]


def with_results(analysis: Analysis) -> sql.Composable:
    """Give the condition that a row of an analysis's views has results, by the columns that both have."""
    table = analysis.writes[0]
    names = [sql.Identifier(name) for name in analysis.unit if name in table.c]
    if not names:
        return sql.SQL("true")
    columns = sql.SQL(", ").join(names)
    return sql.SQL("({}) IN (SELECT DISTINCT {} FROM {})").format(columns, columns, sql.SQL(table.fullname))


def views(analysis: Analysis) -> sql.Composable:
    """Join an analysis's views by corpus, all but the first, which are small, looked at once and not row by row."""
    joined: sql.Composable = sql.SQL(analysis.over[0])
    for view in analysis.over[1:]:
        once = f"WITH once AS MATERIALIZED (SELECT * FROM {view}) SELECT * FROM once"
        joined += sql.SQL(f" JOIN ({once}) AS {view.partition('.')[2]} USING (corpus_id)")
    return joined


def keys_of(reading: Reading, analysis: Analysis, rows: Sequence[Work]) -> list[str]:
    """Name some units: the corpus first, then what the columns of `unit` say, each thing once."""
    metadata = analysis.writes[0].metadata
    names = {column: _names(reading, metadata, column, rows) for column in analysis.unit}
    return [_key([names[column][row[column]] for column in analysis.unit]) for row in rows]


def _key(parts: Sequence[Named]) -> str:
    """Join the names; what several columns say alike, such as the corpus of two models, is said after the last."""
    told: dict[tuple[str, str], None] = {}
    for part in chain.from_iterable(parts):
        told.pop(part, None)
        told[part] = None
    ordered = sorted(told, key=lambda part: part[0] != "corpus")
    return "/".join(value for _, value in ordered)


def _names(reading: Reading, metadata: MetaData, column: str, rows: Sequence[Work]) -> dict[Any, Named]:
    """Give the names of all values of a column: of an id those of its row, of anything else itself.

    Names of a side of a comparison are that side's where the view has columns for them (``left_model``), and of both
    where it has not (``method``).
    """
    values = {row[column] for row in rows}
    table, side = _table_of(metadata, column)
    if table is None or not rows:
        return {value: [(column, str(value))] for value in values}
    bare, expressions, joins = zip(*_naming(table, "named"), strict=True)
    names = [name if name in rows[0] and side + name not in rows[0] else side + name for name in bare]
    question = (
        f"SELECT named.{_identity(table)}, ARRAY[{', '.join(expressions)}] FROM {table.fullname} AS named "
        f"{' '.join(joins)} WHERE named.{_identity(table)} = ANY (%s)"
    )
    wanted = sorted(values, key=repr)

    def ask() -> list[tuple[Any, list[str]]]:
        return reading.connection.execute(question, [wanted]).fetchall()

    found = reading.remember("names of rows", (question, *wanted), ask, at_most=64)
    return {number: list(zip(names, texts, strict=True)) for number, texts in found}


def _naming(table: Table, alias: str) -> Iterator[tuple[str, str, str]]:
    """Give the names of a table's rows: each with its expression, and the join that its table needs before it."""
    for column in _unique(table):
        target = next((key.column.table for key in column.foreign_keys if _identity(key.column.table)), None)
        if target is None:
            yield column.name, f"COALESCE({alias}.{column.name}::text, '')", ""
            continue
        inner = f"{alias}_{column.name}"
        join = f"LEFT JOIN {target.fullname} AS {inner} ON {inner}.{_identity(target)} = {alias}.{column.name}"
        for place, (name, expression, joined) in enumerate(_naming(target, inner)):
            yield name, expression, joined if place else f"{join} {joined}"


def _unique(table: Table) -> list[Column]:
    """Give the columns by which a table's rows are told apart, other than their number."""
    rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    keys = [index for index in table.indexes if index.is_unique]
    return list((rules or keys)[0].columns)


def _table_of(metadata: MetaData, column: str) -> tuple[Table | None, str]:
    """Find the table whose number a column holds, and the side of a comparison that it is about (``left_``), if any."""
    numbered = _numbered(metadata, len(metadata.tables))
    name = next((name for name in numbered if column == name or column.endswith(f"_{name}")), None)
    return (numbered[name], column.removesuffix(name)) if name else (None, "")


@cache
def _numbered(metadata: MetaData, table_count: int) -> dict[str, Table]:
    """Give the tables whose rows have a number, by the name of that column."""
    return {name: table for table in metadata.sorted_tables if (name := _identity(table))}


def _identity(table: Table) -> str | None:
    return next((column.name for column in table.c if column.is_identity), None)


def _refuse_overlap(analysis: Analysis) -> None:
    """Raise `BadInput` where a result table's key does not tell the units apart: one would overwrite another."""
    for table in analysis.writes:
        told = set(_determined(table.primary_key))
        if lacking := [name for name in analysis.unit if name not in told]:
            raise BadInput(
                f"its units differ in {', '.join(lacking)}, which the key of {table.fullname} does not tell",
                f"the declaration of {analysis.name}",
                "write to a table that has it in its key, or leave it out of `unit`",
            )


def _determined(columns: Any, side: str = "") -> Iterator[str]:
    """Give the columns that are known where some are: these, and those of the rows that they refer to."""
    for column in columns:
        yield side + column.name
        for key in column.foreign_keys:
            target = key.column.table
            if key.column.primary_key and target is not column.table:
                yield from _determined(target.c, side + column.name.removesuffix(key.column.name))


def _refuse_twins(analysis: Analysis, keys: Sequence[str]) -> None:
    """Raise `BadInput` where two units have one name."""
    twins = [key for key, count in Counter(keys).items() if count > 1]
    if twins:
        raise BadInput(
            f"{len(twins):,} names are those of several units each, such as {twins[0]}",
            f"the declaration of {analysis.name}",
            "name in `unit` every column in which its units differ",
        )


_COUNT = sql.SQL("SELECT {}count(*) AS unit_count FROM {} WHERE {} GROUP BY {}")
_ROWS = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {}")
