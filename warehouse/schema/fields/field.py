"""What the dictionary says of a name, and the SQL types there are."""

from dataclasses import dataclass

from warehouse.declarations import (
    ARRAY,
    BYTEA,
    JSONB,
    REAL,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Double,
    Integer,
    SmallInteger,
    SqlType,
    Text,
)


@dataclass(frozen=True)
class Field:
    """What a column of this name holds: SQL type, meaning, unit, an example.

    A number has its unit, what it counts, or its range (``R2, 0 to 1``; ``from 0``); ids, text and the rest have none.
    `heading` stands above it in tables for people, where its name is too long; one that ends in % is of a ratio. A
    headline is the last that is left out where a table has no room for all columns.
    """

    type: SqlType
    description: str
    unit: str = ""
    example: str = ""
    heading: str = ""
    is_headline: bool = False

    @property
    def comment(self) -> str:
        """The text of COMMENT ON COLUMN."""
        unit = f" [{self.unit}]" if self.unit else ""
        example = f" Example: {self.example}." if self.example else ""
        return f"{self.description}{unit}.{example}"


INT, BIG, SMALL, BOOL = Integer(), BigInteger(), SmallInteger(), Boolean()
TEXT, JSON, TIME, DOUBLE, BYTES = Text(), JSONB(), TIMESTAMP(), Double(), BYTEA()
REALS, SMALLS, INTS = ARRAY(REAL()), ARRAY(SmallInteger()), ARRAY(Integer())
DOUBLES, TEXTS = ARRAY(DOUBLE), ARRAY(TEXT)
