"""Views by their names, with the values that their columns are to have, as queries."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from psycopg import sql

from warehouse.database.types import Connection
from warehouse.errors import UnknownName


def of_view(
    connection: Connection, name: str, given: Mapping[str, Any], only: Sequence[str] = ()
) -> tuple[sql.Composed, dict[str, Any]]:
    """Give the query of a view's rows that have the given values, and its parameters.

    Parameters
    ----------
    connection : Connection
        Where the view is looked for.
    name : str
        Of the schema ``mart`` unless it names another.
    given : mapping
        A value, or a list of values, by column.
    only : sequence of str
        Columns whose distinct values are asked for; empty: all columns of all rows.

    Raises
    ------
    UnknownName
        There is no such view, or it has no such column.
    """
    schema, _, view = name.rpartition(".")
    columns = _columns(connection, schema or "mart", view)
    for column in given:
        if column not in columns:
            raise UnknownName(f"column of {name}", column, columns)
    wanted = sql.SQL("DISTINCT {}").format(sql.SQL(", ").join(map(sql.Identifier, only))) if only else sql.SQL("*")
    query = sql.SQL("SELECT {} FROM {}").format(wanted, sql.Identifier(schema or "mart", view))
    if given:
        query += sql.SQL(" WHERE ") + sql.SQL(" AND ").join(map(_condition, given, given.values()))
    return query, {name: list(value) if _is_several(value) else value for name, value in given.items()}


def _columns(connection: Connection, schema: str, view: str) -> list[str]:
    found = connection.execute(_COLUMNS, [schema, view]).fetchall()
    if not found:
        names = connection.execute(_VIEWS, [schema]).fetchall()
        raise UnknownName("view", f"{schema}.{view}", [f"{schema}.{name}" for (name,) in names])
    return [name for (name,) in found]


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset | np.ndarray)


def _condition(column: str, value: Any) -> sql.Composed:
    form = "{} IS NOT DISTINCT FROM {}" if value is None else "{} = ANY ({})" if _is_several(value) else "{} = {}"
    return sql.SQL(form).format(sql.Identifier(column), sql.Placeholder(column))


_COLUMNS = """
SELECT attname
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = to_regnamespace(quote_ident(%s)) AND relname = %s AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""
_VIEWS = """
SELECT relname
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(%s)) AND relkind IN ('r', 'p', 'v') AND NOT relispartition
ORDER BY relname
"""
