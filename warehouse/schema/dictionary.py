"""The data dictionary, read from the live catalogue: what each table and view holds, column by column.

The texts are the comments that the installer wrote (`sqlfiles.py`), so psql, BI tools and this say the same.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.database.types import Connection
from warehouse.errors import UnknownName
from warehouse.plugin.registry import analyses
from warehouse.schema import star
from warehouse.schema.sqlfiles import SQL_SCHEMAS
from warehouse.schema.tables import SCHEMAS

COMMENT = re.compile(r"(?P<meaning>.*?)(?: \[(?P<unit>[^\]]+)\])?\.(?: Example: (?P<example>.*)\.)?", re.DOTALL)
"""What `Field.comment` makes."""
NUMBERS = ("smallint", "integer", "bigint", "real", "double precision")
LEDGER, DELIVERED, INGESTED = "the run ledger", "delivered with the warehouse", "ingest"


@dataclass(frozen=True)
class Entry:
    """One column of a table or view.

    Attributes
    ----------
    column, type, meaning, example : str
        As the catalogue has them.
    unit : str
        Of a number, its unit, what it counts, or its range; ``1`` for an id, empty for what is not a number.
    source : str
        What it refers to (``-> model.extraction``), the relation it is taken from, or what writes it.
    is_key : bool
        Part of the primary key, or of what names a row of a view of `mart`.
    leads_to : str
        Of a column of `mart`, the dimension's column whose values it has (``mart.reader.subject_id``), or nothing.
    """

    column: str
    type: str
    meaning: str
    unit: str
    example: str
    source: str
    is_key: bool
    leads_to: str = ""

    @property
    def refers_to(self) -> str | None:
        """The table that the column refers to, if any."""
        return self.source.removeprefix("-> ") if self.source.startswith("-> ") else None


@dataclass(frozen=True)
class Relation:
    """A table or view with its description and columns."""

    name: str
    kind: str
    description: str
    entries: tuple[Entry, ...]

    @property
    def schema(self) -> str:
        """The schema that it is in."""
        return self.name.partition(".")[0]

    @property
    def summary(self) -> str:
        """The description's first sentence."""
        first = " ".join(self.description.split("\n\n", maxsplit=1)[0].split())
        return re.split(r"(?<=[.?])\s", first, maxsplit=1)[0]


def relations(connection: Connection, schemas: Sequence[str] = (*SCHEMAS, *SQL_SCHEMAS)) -> list[Relation]:
    """Give every table and view of the schemas, in the order of the schemas, then by name."""
    refers: dict[tuple[str, str], str] = {(table, column): to for table, column, to in connection.execute(_REFERS)}
    homes = _homes(connection, refers)
    writers = _writers()
    found = []
    for name, kind, description, columns in connection.execute(_RELATIONS, [list(schemas)]):
        entries = []
        named_by = star.key(description or "")
        for column, sql_type, comment, is_key in columns:
            if to := refers.get((name, column)):
                source = f"-> {to}"
            elif kind == "view":
                source = ", ".join(homes[name, column]) or "computed in this view"
            else:
                source = writers.get(name) or _written_to(name)
            facts = {"source": source, "is_key": is_key or column in named_by, "leads_to": star.leads_to(name, column)}
            entries.append(_entry(column, sql_type, comment or "", **facts))
        found.append(Relation(name, kind, description or "", tuple(entries)))
    return sorted(found, key=lambda relation: (schemas.index(relation.schema), relation.name))


def relation_named(found: Sequence[Relation], name: str) -> Relation:
    """Find a relation by its name, with or without the schema; marts first. `UnknownName` lists those there are."""
    order = sorted(found, key=lambda relation: relation.schema != "mart")
    for relation in order:
        if name in (relation.name, relation.name.partition(".")[2]):
            return relation
    raise UnknownName("table or view", name, [relation.name for relation in found])


def _entry(column: str, sql_type: str, comment: str, **facts: Any) -> Entry:
    parts = COMMENT.fullmatch(comment)
    told = {key: value or "" for key, value in parts.groupdict().items()} if parts else {"meaning": comment}
    unit = told.get("unit") or ("1" if sql_type.removesuffix("[]") in NUMBERS else "")
    return Entry(column, sql_type, told["meaning"], unit, told.get("example", ""), **facts)


def _homes(connection: Connection, refers: dict[tuple[str, str], str]) -> dict[tuple[str, str], list[str]]:
    """For each column of a view, the relations it stands on that have it, those that only refer to it last."""
    homes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for view, column, relation in connection.execute(_STANDS_ON):
        homes[view, column].append(relation)
    for (_, column), on in homes.items():
        own = [relation for relation in on if (relation, column) not in refers]
        on[:] = (own or on)[:1]
    return homes


def _writers() -> dict[str, str]:
    """The command that fills each result table."""
    return {
        table.fullname: f"warehouse compute {name.replace('_', '-')}"
        for name, analysis in analyses().items()
        for table in analysis.writes
    }


def _written_to(table: str) -> str:
    return {"ops": LEDGER, "result": DELIVERED}.get(table.partition(".")[0], INGESTED)


_RELATIONS = """
SELECT
    relation.oid::regclass::text,
    CASE relation.relkind WHEN 'v' THEN 'view' ELSE 'table' END,
    obj_description(relation.oid, 'pg_class'),
    jsonb_agg(
        jsonb_build_array(
            attname,
            format_type(atttypid, atttypmod),
            col_description(attrelid, attnum),
            EXISTS (SELECT 1 FROM pg_index WHERE indrelid = attrelid AND indisprimary AND attnum = ANY (indkey))
        )
        ORDER BY attnum
    )
FROM pg_class AS relation
JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
WHERE
    relnamespace::regnamespace::text = ANY (%s) AND relkind IN ('r', 'p', 'v') AND NOT relispartition
    AND relname <> 'alembic_version'
GROUP BY relation.oid
"""
_REFERS = """
SELECT DISTINCT ON (conrelid, attname) conrelid::regclass::text, attname, confrelid::regclass::text
FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'f'
ORDER BY conrelid, attname, cardinality(conkey)
"""
_STANDS_ON = """
SELECT DISTINCT ev_class::regclass::text, attname, refobjid::regclass::text
FROM pg_depend
JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid
JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
WHERE
    classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND refobjsubid > 0 AND refobjid <> ev_class
ORDER BY 1, 2, 3
"""
