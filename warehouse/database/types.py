"""Names of types that are used everywhere."""

from typing import Any

import psycopg

Connection = psycopg.Connection[Any]
"""A connection whatever its rows are read as."""
