"""The columns of tables and views."""

from collections.abc import Sequence

from warehouse.database.types import Connection


def columns_of(connection: Connection, relations: Sequence[str]) -> dict[str, int]:
    """Give the columns of some tables or views in their order, and the numbers of their types.

    The catalogue tells at once what takes long where a question to a view is planned for it.
    """
    return dict(connection.execute(_COLUMNS, [list(relations)]).fetchall())


_COLUMNS = """
SELECT attname, atttypid::bigint
FROM pg_attribute
WHERE attrelid = ANY (%s::text[]::regclass[]) AND attnum > 0 AND NOT attisdropped
ORDER BY attrelid, attnum
"""
