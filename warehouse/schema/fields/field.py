"""What the dictionary says of a name, and the SQL types there are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Boolean, Double, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL, TIMESTAMP


@dataclass(frozen=True)
class Field:
    """What a column of this name holds: SQL type, meaning, unit, an example.

    A number has its unit, what it counts, or its range (``R2, 0 to 1``; ``from 0``); ids, text and the rest have none.
    `heading` stands above it in tables for people, where its name is too long; one that ends in % is of a ratio.
    """

    type: Any
    description: str
    unit: str = ""
    example: str = ""
    heading: str = ""

    @property
    def comment(self) -> str:
        """The text of COMMENT ON COLUMN."""
        unit = f" [{self.unit}]" if self.unit else ""
        example = f" Example: {self.example}." if self.example else ""
        return f"{self.description}{unit}.{example}"


INT, BIG, SMALL, BOOL = Integer(), BigInteger(), SmallInteger(), Boolean()
TEXT, JSON, TIME = Text(), JSONB(), TIMESTAMP(timezone=True)
DOUBLE: Double[float] = Double()
REALS: ARRAY[float] = ARRAY(REAL())
SMALLS: ARRAY[int] = ARRAY(SmallInteger())
INTS: ARRAY[int] = ARRAY(Integer())
DOUBLES: ARRAY[float] = ARRAY(Double())
TEXTS: ARRAY[str] = ARRAY(Text())
