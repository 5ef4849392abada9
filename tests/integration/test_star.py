"""The star of marts: keys name rows, columns lead to dimensions, and the dictionary says so as dbt sources."""

import json

import pytest
import yaml
from psycopg import sql

from tests.command_line import Warehouse
from warehouse.database.connection import Database
from warehouse.schema.dictionary import Relation, relations
from warehouse.schema.star import DIMENSIONS, key, leads_to

NOT_OF_STUDY = {"lease", "run"}
"""What other processes write."""


@pytest.fixture
def marts(study: Database) -> list[Relation]:
    with study.connect(read_only=True) as connection:
        return relations(connection, ("mart",))


def test_every_mart_has_a_key_that_names_each_row(study: Database, marts: list[Relation]):
    doubled = []
    with study.connect(read_only=True) as connection:
        for mart in marts:
            of_key = key(mart.description)
            assert of_key and set(of_key) <= {entry.column for entry in mart.entries}, mart.name
            count = sql.SQL("SELECT 1 FROM {} GROUP BY {} HAVING count(*) > 1 LIMIT 1").format(
                sql.Identifier(*mart.name.split(".")), sql.SQL(", ").join(map(sql.Identifier, of_key))
            )
            doubled += [mart.name] if connection.execute(count).fetchone() else []
    assert doubled == []


def test_every_value_of_a_column_that_leads_to_a_dimension_is_there(study: Database, marts: list[Relation]):
    orphans = []
    with study.connect(read_only=True) as connection:
        for mart in marts:
            for entry in mart.entries:
                if entry.leads_to:
                    schema, table, column = entry.leads_to.split(".")
                    missing = sql.SQL("SELECT 1 FROM (SELECT DISTINCT {0} AS k FROM {1}) AS f "
                                      "WHERE k IS NOT NULL AND k NOT IN (SELECT {2} FROM {3}) LIMIT 1")  # fmt: skip
                    names = (entry.column, mart.name, column, f"{schema}.{table}")
                    asked = missing.format(*(sql.Identifier(*name.split(".")) for name in names))
                    orphans += [(mart.name, entry.column)] if connection.execute(asked).fetchone() else []
    assert orphans == []


@pytest.mark.parametrize(
    ("view", "column", "to"),
    [
        ("mart.layer_curve", "extraction_id", "mart.extraction.extraction_id"),
        ("mart.divergence_curve", "reference_left_extraction_id", "mart.extraction.extraction_id"),
        ("mart.tuning_test", "base_model", "mart.language_model.model"),
        ("mart.language_model", "base_model", "mart.language_model.model"),
        ("mart.language_model", "model", ""),
        ("mart.layer_curve", "layer", ""),
        ("result.human_resemblance", "extraction_id", ""),
    ],
)
def test_a_column_leads_to_a_dimension_by_its_name(view: str, column: str, to: str):
    assert leads_to(view, column) == to


def test_a_key_goes_on_to_the_next_part_of_a_comment():
    assert key("What.\n\nGrain: one.\nKey: a, b,\nc\nLeaves out: nothing.") == ("a", "b", "c")
    assert key("What.\n\nGrain: one.\n") == ()


def test_the_dictionary_is_a_file_of_dbt_sources(study: Database, warehouse: Warehouse):
    as_yaml, as_json = (warehouse("--dsn", study.dsn, "dictionary", "--format", form).out for form in ("yaml", "json"))
    document = yaml.safe_load(as_yaml)
    assert document == json.loads(as_json)
    assert as_yaml.startswith("version: 2\nsources:\n- name: mart\n") and "&id" not in as_yaml  # no anchors
    (mart,) = document["sources"]
    tables = {table["name"]: table for table in mart["tables"]}
    assert set(DIMENSIONS.values()) < set(tables)
    curve = tables["layer_curve_default"]
    assert set(curve["config"]["meta"]["key"]) == {"extraction_id", "layer", "language_group"}
    columns = {column["name"]: column for column in curve["columns"]}
    to = {"to": "source('mart', 'extraction')", "field": "extraction_id"}
    assert columns["extraction_id"]["data_tests"] == [{"relationships": {"arguments": to}}]
    assert columns["r2"]["data_type"] == "double precision" and columns["r2"]["config"]["meta"]["unit"] == "R2, 0 to 1"
    reader = {column["name"]: column for column in tables["reader"]["columns"]}
    assert reader["subject_id"]["data_tests"] == ["unique", "not_null"]
