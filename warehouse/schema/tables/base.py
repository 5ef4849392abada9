"""How tables are declared: columns by name from the field dictionary, keys by convention."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from warehouse.schema.fields import FIELDS

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_N_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


def key(name: str, default: int | None = None) -> Column[Any]:
    """Give a part of the primary key; `default` is what it is in rows that do not say."""
    given = None if default is None else text(str(default))
    return Column(
        name, FIELDS[name].type, primary_key=True, nullable=False, autoincrement=False, server_default=given,
        info={"default": default},
    )  # fmt: skip


def surrogate(name: str) -> Column[Any]:
    """Give a surrogate id that the database assigns."""
    return Column(name, FIELDS[name].type, Identity(always=True), primary_key=True)


def field(name: str, *, null: bool = False, default: str | None = None, is_completed: bool = False) -> Column[Any]:
    """Give a column that is not part of the primary key.

    `default` is an SQL expression. A column that `is_completed` came later than its table: null says that the row was
    loaded before, and the source fills it in when it is loaded again.
    """
    given = None if default is None else text(default)
    return Column(name, FIELDS[name].type, nullable=null, server_default=given, info={"is_completed": is_completed})


def refers(name: str, target: str, *, is_key: bool = False, null: bool = False) -> Column[Any]:
    """Give a foreign key, by default a plain column, to the column of the same name in `target`, or to `a.b.c`."""
    to = target if target.count(".") == 2 else f"{target}.{name}"
    return Column(name, FIELDS[name].type, ForeignKey(to), primary_key=is_key, nullable=null, autoincrement=False)


def check(name: str, condition: str) -> CheckConstraint:
    """Give a named CHECK of what a number may be."""
    return CheckConstraint(condition, name=name)


def table(schema: str, name: str, description: str, *parts: Any, **options: Any) -> Table:
    """Declare a table; the description becomes its comment."""
    return Table(name, metadata, *parts, schema=schema, comment=description, **options)


def unique(*columns: str, nulls_distinct: bool = True) -> UniqueConstraint:
    """Give a natural key."""
    return UniqueConstraint(*columns, postgresql_nulls_not_distinct=not nulls_distinct)


def effect() -> list[Column[Any]]:
    """Give the columns of a standardised effect size with its interval."""
    return [field(name, null=True) for name in ("effect_size", "effect_low", "effect_high")]


def of_unit() -> ForeignKeyConstraint:
    """Let each row belong to the unit of the ledger that it is a result of."""
    return ForeignKeyConstraint(["run_id", "unit_id"], ["ops.unit.run_id", "ops.unit.unit_id"])
