"""What tables are declared with: columns, types and keys, as plain Python.

SQLAlchemy has all of it, and its import alone takes longer than most commands; `warehouse.schema.for_alembic` makes its
tables of these where Alembic compares them with a database. The words are SQLAlchemy's.
"""

from collections.abc import Iterable, Iterator
from typing import Any


class SqlType:
    """A type of SQL."""


class SmallInteger(SqlType):
    """2 bytes."""


class Integer(SqlType):
    """4 bytes."""


class BigInteger(SqlType):
    """8 bytes."""


class REAL(SqlType):
    """A number of 4 bytes."""


class Double(SqlType):
    """A number of 8 bytes."""


class Boolean(SqlType):
    """True or false."""


class Text(SqlType):
    """Text of any length."""


class BYTEA(SqlType):
    """Bytes."""


class Date(SqlType):
    """A day."""


class TIMESTAMP(SqlType):
    """A moment, with its time zone."""


class JSONB(SqlType):
    """A document."""


class ARRAY(SqlType):
    """An array of values of one type."""

    def __init__(self, item_type: SqlType) -> None:
        self.item_type = item_type


class ForeignKey:
    """That a column's values are those of a column of another table.

    Parameters
    ----------
    target_fullname : str
        As ``schema.table.column``.
    """

    def __init__(self, target_fullname: str) -> None:
        self.target_fullname = target_fullname
        self.parent: Column

    @property
    def column(self) -> "Column":
        """The column referred to."""
        table, _, name = self.target_fullname.rpartition(".")
        return self.parent.table.metadata.tables[table].c[name]


class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        In lower case.
    type_ : SqlType
        What it holds.
    foreign_key : ForeignKey or None
        What it refers to, where it does so alone.
    primary_key, nullable : bool
        Whether it is part of the primary key; whether it may be null.
    server_default : str or None
        An SQL expression.
    is_identity : bool
        Whether the database numbers the rows.
    info : dict or None
        What else is known of it.
    """

    def __init__(
        self, name: str, type_: SqlType, foreign_key: ForeignKey | None = None, *, primary_key: bool = False,
        nullable: bool = False, server_default: str | None = None, is_identity: bool = False,
        info: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.name, self.type = name, type_
        self.primary_key, self.nullable = primary_key, nullable
        self.server_default, self.is_identity = server_default, is_identity
        self.foreign_key, self.info = foreign_key, info or {}
        self.foreign_keys: list[ForeignKey] = []
        self.table: Table


class Columns:
    """The columns of a table or a key, in order."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self._columns = {column.name: column for column in columns}

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns.values())

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def keys(self) -> list[str]:
        """Name them."""
        return list(self._columns)


class ForeignKeyConstraint:
    """That several columns together are those of another table."""

    def __init__(self, columns: Iterable[str], targets: Iterable[str]) -> None:
        self.column_names, self.targets = list(columns), list(targets)


class CheckConstraint:
    """What the values of a row must be."""

    def __init__(self, condition: str, name: str) -> None:
        self.condition, self.name = condition, name


class UniqueConstraint:
    """Columns by which rows are told apart."""

    def __init__(self, *columns: str, nulls_distinct: bool = True) -> None:
        self.column_names, self.nulls_distinct = columns, nulls_distinct
        self.columns: Columns


class Index:
    """An index: of columns, then expressions, of the rows that a condition holds for."""

    def __init__(
        self, name: str, table: "Table", *columns: str, expression: str = "", where: str = "", is_unique: bool = True
    ) -> None:
        self.name, self.expression, self.where, self.is_unique = name, expression, where, is_unique
        self.columns = Columns(table.c[column] for column in columns)
        table.indexes.append(self)


Constraint = ForeignKeyConstraint | CheckConstraint | UniqueConstraint


class MetaData:
    """All tables, by schema and name."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}

    @property
    def sorted_tables(self) -> list["Table"]:
        """The tables, those that are referred to before those that refer to them."""
        waiting = [self.tables[name] for name in sorted(self.tables)]
        found: list[Table] = []
        while waiting:
            names = {table.fullname for table in waiting}
            free = [table for table in waiting if not table.refers_to & names - {table.fullname}]
            found += free
            waiting = [table for table in waiting if table not in free]
        return found


class Table:
    """A table.

    Parameters
    ----------
    name : str
        Without the schema.
    metadata : MetaData
        Where it is found by name.
    *parts : Column or constraint
        What it has, in order.
    schema : str
        The PostgreSQL schema.
    comment : str
        What it holds.
    partition_by : str
        How it is partitioned, if it is.
    """

    def __init__(
        self, name: str, metadata: MetaData, *parts: Column | Constraint, schema: str, comment: str = "",
        partition_by: str = "",
    ) -> None:  # fmt: skip
        self.name, self.schema, self.fullname = name, schema, f"{schema}.{name}"
        self.comment, self.partition_by, self.metadata = comment, partition_by, metadata
        self.c = self.columns = Columns(part for part in parts if isinstance(part, Column))
        self.primary_key = Columns(column for column in self.c if column.primary_key)
        self.constraints: list[Constraint] = [part for part in parts if not isinstance(part, Column)]
        self.indexes: list[Index] = []
        self._bind()
        metadata.tables[self.fullname] = self

    def __repr__(self) -> str:
        return f"Table({self.fullname})"

    @property
    def refers_to(self) -> set[str]:
        """The tables that its keys refer to."""
        return {key.target_fullname.rpartition(".")[0] for column in self.c for key in column.foreign_keys}

    def _bind(self) -> None:
        """Let columns know their table and all that they refer to, and natural keys their columns."""
        for column in self.c:
            column.table = self
            if column.foreign_key:
                self._refer(column, column.foreign_key)
        for rule in self.constraints:
            if isinstance(rule, ForeignKeyConstraint):
                for name, target in zip(rule.column_names, rule.targets, strict=True):
                    self._refer(self.c[name], ForeignKey(target))
            elif isinstance(rule, UniqueConstraint):
                rule.columns = Columns(self.c[name] for name in rule.column_names)

    @staticmethod
    def _refer(column: Column, key: ForeignKey) -> None:
        key.parent = column
        column.foreign_keys.append(key)
