"""Rows told by what they say instead of by the numbers they were given: two loads in any order agree.

A number that a table assigned (an identity column) is replaced, wherever it stands, by a hash of the row that it was
assigned to: of its natural key, which is its unique constraint, else of all its values. Numbers within that row are
replaced in the same way. What was tried and given up is left out: units of work that are not done or were superseded,
extractions that are not complete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from warehouse.database.types import Connection

OF_THE_ATTEMPT = (
    "attempt", "completed_at", "environment", "finished_at", "host", "installed_at", "process_id", "run_id",
    "started_at", "started_by", "unit_id",
)  # fmt: skip
"""Columns that say when and by what a row was made: they differ where the same work is done again."""
OF_STORAGE = ("half_weights", "stored_as")
"""Columns that say how numbers are stored, not which."""
ENTITY, ENTITY_ID = "entity", "entity_id"
"""A pair of columns: the second holds a number that the table assigned whose numbers are called ``<entity>_id``."""


@dataclass(frozen=True)
class KeyColumn:
    """A column, and the table (`home`) that assigned the numbers it holds; `is_assigned` where that is its own.

    `is_key` says that it is part of its table's natural key.
    """

    name: str
    home: str | None
    is_assigned: bool
    is_key: bool


Tables = Mapping[str, Sequence[KeyColumn]]
"""The columns of each table by its name, schema included and quoted."""


def tables(connection: Connection) -> Tables:
    """Read which tables there are, which columns hold numbers that were assigned, and the natural keys."""
    return {name: [KeyColumn(*facts) for facts in columns] for name, columns in connection.execute(_TABLES).fetchall()}


def rows(found: Tables, name: str) -> sql.Composed:
    """Give the statement that reads a table's values, one ``row`` each."""
    values, joins = _told(found, name, found[name], within=())
    row = sql.SQL("SELECT ROW({}) AS row FROM {} AS kept {}{}")
    return row.format(sql.SQL(", ").join(values), sql.SQL(name), _joined(joins), _still_holding(found[name]))


def _told(
    found: Tables, name: str, columns: Sequence[KeyColumn], within: tuple[str, ...]
) -> tuple[list[sql.Composable], list[sql.Composed]]:
    """Give the values to take of a table's columns, and the joins that they need."""
    values: list[sql.Composable] = []
    joins: list[sql.Composed] = []
    for number, column in enumerate(columns):
        here, other = sql.Identifier("kept", column.name), sql.Identifier(f"other_{number}")
        if column.is_assigned or column.name in (*OF_THE_ATTEMPT, *OF_STORAGE) or column.home in within:
            continue
        if column.name == ENTITY_ID and any(each.name == ENTITY for each in columns):
            joins.append(_JOIN_ENTITY.format(_entities(found), other, here))
            values.append(sql.SQL("{}.told").format(other))
        elif column.home:
            joins.append(_JOIN.format(_numbers(found, column.home, (*within, name)), other, here))
            values.append(sql.SQL("{}.told").format(other))
        elif any(each.name == "half_weights" for each in columns) and column.name == "weights":
            values.append(_WEIGHTS.format(here))
        else:
            values.append(here)
    return values, joins


def _numbers(found: Tables, home: str, within: tuple[str, ...]) -> sql.Composed:
    """Give the statement that says of each number that a table assigned which row it is: (number, told)."""
    columns = found[home]
    (assigned,) = (column.name for column in columns if column.is_assigned)
    keys = [column for column in columns if column.is_key] or columns
    values, joins = _told(found, home, keys, within)
    told = sql.SQL(", ").join(values)
    return _NUMBERS.format(sql.Identifier("kept", assigned), told, sql.SQL(home), _joined(joins))


def _entities(found: Tables) -> sql.Composed:
    """Give the numbers of every table that assigns any, with what they are numbers of: (entity, number, told)."""
    assigning = {column.name: name for name, columns in found.items() for column in columns if column.is_assigned}
    entities = {column.removesuffix("_id"): home for column, home in assigning.items() if column.endswith("_id")}
    return sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}::text AS entity, number, told FROM ({}) AS one").format(entity, _numbers(found, home, ()))
        for entity, home in entities.items()
    )


def _still_holding(columns: Sequence[KeyColumn]) -> sql.Composable:
    """Leave out what was superseded, given up, or never became whole."""
    conditions: list[sql.Composable] = []
    if {"run_id", "unit_id"} <= {column.name for column in columns}:
        conditions.append(_UNIT_HOLDS)
    for column in columns:
        if column.home == "model.extraction" or (column.is_assigned and column.name == "extraction_id"):
            conditions.append(_IS_COMPLETE.format(sql.Identifier("kept", column.name)))
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")


def _joined(joins: Sequence[sql.Composed]) -> sql.Composed:
    return sql.SQL(" ").join(joins)


_WEIGHTS = sql.SQL("COALESCE({}, fn.single_weights(kept.half_weights))")
_JOIN = sql.SQL("LEFT JOIN ({0}) AS {1} ON {1}.number = {2}")
_JOIN_ENTITY = sql.SQL("LEFT JOIN ({0}) AS {1} ON {1}.number = {2} AND {1}.entity = kept.entity")
_NUMBERS = sql.SQL("SELECT {} AS number, hashtextextended(ROW({})::text, 0) AS told FROM {} AS kept {}")
_UNIT_HOLDS = sql.SQL("""EXISTS (
    SELECT FROM ops.unit JOIN ops.run ON run.run_id = unit.run_id
    WHERE unit.run_id = kept.run_id AND unit.unit_id = kept.unit_id AND unit_state = 'done' AND run_status = 'done'
)""")
_IS_COMPLETE = sql.SQL("""({0} IS NULL OR EXISTS (
    SELECT FROM model.extraction AS whole WHERE whole.extraction_id = {0} AND extraction_status = 'complete'
))""")
# A column holds the numbers of the table that its foreign key leads to, else of the one that assigns numbers of this
# name: attention has no foreign keys. Of several unique constraints the first by name is the natural key.
_TABLES = r"""
WITH own AS (
    SELECT oid
    FROM pg_class
    WHERE
        relkind IN ('r', 'p') AND NOT relispartition AND relpersistence <> 't'
        AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
),

assigned AS (
    SELECT attrelid, attnum, attname
    FROM pg_attribute
    JOIN own ON own.oid = attrelid
    WHERE attidentity <> ''
),

referred AS (
    SELECT conrelid, key.attnum, min(assigned.attrelid::oid) AS home
    FROM pg_constraint
    CROSS JOIN LATERAL unnest(conkey, confkey) AS key (attnum, home_attnum)
    JOIN assigned ON assigned.attrelid = confrelid AND assigned.attnum = key.home_attnum
    WHERE contype = 'f'
    GROUP BY conrelid, key.attnum
),

by_name AS (
    SELECT attname, min(attrelid::oid) AS home
    FROM assigned
    GROUP BY attname
),

natural_key AS (
    SELECT DISTINCT ON (conrelid) conrelid, conkey
    FROM pg_constraint
    WHERE contype = 'u'
    ORDER BY conrelid, conname
)

SELECT
    format('%I.%I', relnamespace::regnamespace, relname),
    json_agg(
        json_build_array(
            pg_attribute.attname,
            (
                SELECT format('%I.%I', home.relnamespace::regnamespace, home.relname)
                FROM pg_class AS home
                WHERE home.oid = COALESCE(referred.home, by_name.home) AND pg_attribute.attidentity = ''
            ),
            pg_attribute.attidentity <> '',
            COALESCE(pg_attribute.attnum = ANY (natural_key.conkey), false)
        ) ORDER BY pg_attribute.attnum
    )
FROM own
JOIN pg_class ON pg_class.oid = own.oid
JOIN pg_attribute ON pg_attribute.attrelid = own.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN referred ON referred.conrelid = own.oid AND referred.attnum = pg_attribute.attnum
LEFT JOIN by_name ON by_name.attname = pg_attribute.attname
LEFT JOIN natural_key ON natural_key.conrelid = own.oid
GROUP BY relnamespace, relname
ORDER BY 1
"""
