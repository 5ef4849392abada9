"""The declared tables as SQLAlchemy's, which Alembic compares with a database."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from warehouse import declarations as declared
from warehouse.schema.tables import metadata

NAMES = {
    "pk": "%(table_name)s_pk",
    "fk": "%(table_name)s_%(column_0_N_name)s_fk",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
}
TYPES: dict[type[declared.SqlType], Any] = {
    declared.SmallInteger: sa.SmallInteger(), declared.Integer: sa.Integer(), declared.BigInteger: sa.BigInteger(),
    declared.REAL: postgresql.REAL(), declared.Double: sa.Double(), declared.Boolean: sa.Boolean(),
    declared.Text: sa.Text(), declared.Date: sa.Date(), declared.JSONB: postgresql.JSONB(),
    declared.BYTEA: postgresql.BYTEA(), declared.TIMESTAMP: postgresql.TIMESTAMP(timezone=True),
}  # fmt: skip


@cache
def sqlalchemy_metadata() -> sa.MetaData:
    """Give all tables."""
    made = sa.MetaData(naming_convention=NAMES)
    for table in metadata.sorted_tables:
        _add(made, table)
    return made


def _add(made: sa.MetaData, table: declared.Table) -> None:
    partitioned: dict[str, Any] = {"postgresql_partition_by": table.partition_by} if table.partition_by else {}
    parts: list[Any] = [*map(_column, table.c), *map(_constraint, table.constraints)]
    added = sa.Table(table.name, made, *parts, schema=table.schema, comment=table.comment, **partitioned)
    for index in table.indexes:
        expressions = [sa.text(index.expression)] if index.expression else []
        where: dict[str, Any] = {"postgresql_where": sa.text(index.where)} if index.where else {}
        columns = [added.c[column.name] for column in index.columns]
        added.append_constraint(sa.Index(index.name, *columns, *expressions, unique=index.is_unique, **where))


def _column(column: declared.Column) -> sa.Column[Any]:
    parts: list[Any] = [sa.ForeignKey(column.foreign_key.target_fullname)] if column.foreign_key else []
    parts += [sa.Identity(always=True)] if column.is_identity else []
    default = None if column.server_default is None else sa.text(column.server_default)
    return sa.Column(
        column.name, _type(column.type), *parts, primary_key=column.primary_key, nullable=column.nullable,
        autoincrement="auto" if column.is_identity else False, server_default=default,
    )  # fmt: skip


def _type(kind: declared.SqlType) -> Any:
    return postgresql.ARRAY(_type(kind.item_type)) if isinstance(kind, declared.ARRAY) else TYPES[type(kind)]


def _constraint(rule: declared.Constraint) -> sa.Constraint:
    if isinstance(rule, declared.CheckConstraint):
        return sa.CheckConstraint(rule.condition, name=rule.name)
    if isinstance(rule, declared.UniqueConstraint):
        return sa.UniqueConstraint(*rule.column_names, postgresql_nulls_not_distinct=not rule.nulls_distinct)
    return sa.ForeignKeyConstraint(rule.column_names, rule.targets)
