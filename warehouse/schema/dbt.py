"""The dictionary as dbt has it: sources with tables, columns, keys and relations, as YAML or JSON.

Programs that read dbt's files of sources take descriptions, types, keys and joins from it.
"""

import json
from collections.abc import Sequence
from typing import Any

from warehouse.schema.dictionary import Entry, Relation
from warehouse.schema.sqlfiles import SCHEMA_COMMENTS


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


def as_yaml(value: Any, depth: int = 0) -> str:
    """Write mappings, lists and scalars as YAML: blocks, with every text quoted as in JSON, which YAML takes."""
    margin = "  " * depth
    if isinstance(value, dict) and value:
        return "".join(f"{margin}{name}:{_below(each, depth)}" for name, each in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{margin}- {as_yaml(each, depth + 1).lstrip()}" for each in value)
    return f"{margin}{json.dumps(value, ensure_ascii=False)}\n"


def _below(value: Any, depth: int) -> str:
    is_block = isinstance(value, dict | list) and bool(value)
    return f"\n{as_yaml(value, depth + 1)}" if is_block else f" {as_yaml(value)}"


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
