"""How tables are declared: columns by name from the field dictionary, keys by convention."""

from typing import Any

from warehouse.declarations import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Table,
    UniqueConstraint,
)
from warehouse.schema.fields import FIELDS

metadata = MetaData()


def key(name: str, default: int | None = None) -> Column:
    """Give a part of the primary key; `default` is what it is in rows that do not say."""
    given = None if default is None else str(default)
    return Column(name, FIELDS[name].type, primary_key=True, server_default=given, info={"default": default})


def surrogate(name: str) -> Column:
    """Give a surrogate id that the database assigns."""
    return Column(name, FIELDS[name].type, primary_key=True, is_identity=True)


def field(name: str, *, null: bool = False, default: str | None = None, is_completed: bool = False) -> Column:
    """Give a column that is not part of the primary key.

    `default` is an SQL expression. A column that `is_completed` came later than its table: null says that the row was
    loaded before, and the source fills it in when it is loaded again.
    """
    info = {"is_completed": is_completed}
    return Column(name, FIELDS[name].type, nullable=null, server_default=default, info=info)


def refers(name: str, target: str, *, is_key: bool = False, null: bool = False) -> Column:
    """Give a foreign key, by default a plain column, to the column of the same name in `target`, or to `a.b.c`."""
    to = target if target.count(".") == 2 else f"{target}.{name}"
    return Column(name, FIELDS[name].type, ForeignKey(to), primary_key=is_key, nullable=null)


def check(name: str, condition: str) -> CheckConstraint:
    """Give a named CHECK of what a number may be."""
    return CheckConstraint(condition, name)


def table(schema: str, name: str, description: str, *parts: Any, **options: Any) -> Table:
    """Declare a table; the description becomes its comment."""
    return Table(name, metadata, *parts, schema=schema, comment=description, **options)


def unique(*columns: str, nulls_distinct: bool = True) -> UniqueConstraint:
    """Give a natural key."""
    return UniqueConstraint(*columns, nulls_distinct=nulls_distinct)


def effect() -> list[Column]:
    """Give the columns of a standardised effect size with its interval."""
    return [field(name, null=True) for name in ("effect_size", "effect_low", "effect_high")]


def of_unit() -> ForeignKeyConstraint:
    """Let each row belong to the unit of the ledger that it is a result of."""
    return ForeignKeyConstraint(["run_id", "unit_id"], ["ops.unit.run_id", "ops.unit.unit_id"])
