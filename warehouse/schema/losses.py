"""What a downgrade takes away: the rows and columns that are there before it and not after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from warehouse.schema.tables import SCHEMAS

MOST_NAMED = 5


@dataclass(frozen=True)
class Losses:
    """Tables with their numbers of rows, and columns.

    Attributes
    ----------
    rows : dict of str to int
        ``schema.table`` to rows.
    columns : sequence of str
        ``schema.table.column``; of what is lost, those of tables that stay.
    """

    rows: dict[str, int]
    columns: Sequence[str]

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.rows or self.columns)

    def without(self, after: "Losses") -> "Losses":
        """Give what is not there any more."""
        rows = {name: count - after.rows.get(name, 0) for name, count in self.rows.items()}
        gone = [name for name in self.columns if name not in set(after.columns)]
        stayed = {name.rpartition(".")[0] for name in after.columns}
        return Losses(
            {name: count for name, count in rows.items() if count > 0},
            [name for name in gone if name.rpartition(".")[0] in stayed],
        )

    def __str__(self) -> str:
        """Name the largest tables and the columns, e.g. ``1,234 rows of 2 tables (ops.run 1,200, ops.unit 34)``."""
        parts = []
        if self.rows:
            largest = sorted(self.rows.items(), key=lambda row: (-row[1], row[0]))
            told = _named([f"{name} {count:,}" for name, count in largest])
            parts.append(f"{sum(self.rows.values()):,} rows of {len(self.rows)} tables ({told})")
        if self.columns:
            parts.append(f"{len(self.columns)} columns of other tables ({_named(self.columns)})")
        return " and ".join(parts) or "nothing"


def row_counts(connection: Connection) -> Losses:
    """Count what the warehouse's tables hold; partitions count as part of theirs."""
    columns = [str(name) for (name,) in connection.execute(_COLUMNS, {"ours": list(SCHEMAS)})]
    tables = sorted({name.rpartition(".")[0] for name in columns})
    rows = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}
    return Losses(rows, columns)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")


_COLUMNS = text("""
SELECT format('%I.%I.%I', relnamespace::regnamespace, relname, attname)
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid
WHERE
    relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
    AND relnamespace::regnamespace::text = ANY (:ours) AND relname <> 'alembic_version'
ORDER BY relnamespace::regnamespace::text, relname, attnum
""")
