"""The dictionary as dbt has it: sources with tables, columns, keys and relations, as YAML or JSON.

Programs that read dbt's files of sources take descriptions, types, keys and joins from it.
"""

from collections.abc import Sequence
from typing import Any

import yaml

from warehouse.schema.dictionary import Entry, Relation
from warehouse.schema.sqlfiles import SCHEMA_COMMENTS

WIDTH = 120
"""Columns of a line of YAML."""


def document(relations: Sequence[Relation]) -> dict[str, Any]:
    """Give what a file of dbt sources holds.

    Parameters
    ----------
    relations : sequence of Relation
        Tables and views, in the order in which they are to stand.

    Returns
    -------
    dict
        ``version``, and ``sources``: one for each schema, with its tables.
    """
    schemas = list(dict.fromkeys(relation.schema for relation in relations))
    return {
        "version": 2,
        "sources": [
            {
                "name": schema,
                "schema": schema,
                "description": SCHEMA_COMMENTS[schema],
                "tables": [_table(relation) for relation in relations if relation.schema == schema],
            }
            for schema in schemas
        ],
    }


def as_yaml(document: dict[str, Any]) -> str:
    """Write what `document` gives as YAML, in its order."""
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=WIDTH))


def _table(relation: Relation) -> dict[str, Any]:
    key = [entry.column for entry in relation.entries if entry.is_key]
    return {
        "name": relation.name.partition(".")[2],
        "description": relation.description,
        "config": {"meta": {"kind": relation.kind, "key": key}},
        "columns": [_column(entry, is_alone=key == [entry.column]) for entry in relation.entries],
    }


def _column(entry: Entry, *, is_alone: bool) -> dict[str, Any]:
    """Describe a column: one that is a key alone is unique, one that leads to a dimension has its values only."""
    tests: list[Any] = ["unique", "not_null"] if is_alone else []
    if entry.leads_to:
        schema, table, field = entry.leads_to.split(".")
        to = f"source('{schema}', '{table}')"
        tests.append({"relationships": {"arguments": {"to": to, "field": field}}})
    return {
        "name": entry.column,
        "description": entry.meaning,
        "data_type": entry.type,
        "config": {"meta": {"unit": entry.unit, "example": entry.example}},
        **({"data_tests": tests} if tests else {}),
    }
