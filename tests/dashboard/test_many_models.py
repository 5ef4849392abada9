"""Where there are many models, a view asks the database for those that it shows and no more."""

import re

import pytest

from tests.dashboard.asking import body
from warehouse.dashboard import picking
from warehouse.dashboard.exhibit_view import wanted_of
from warehouse.dashboard.reading import open_for_reading
from warehouse.database.connection import Database
from warehouse.report.exhibits import exhibits, question
from warehouse.report.filling import fill

BY_EXTRACTION = [one for one in exhibits() if one.models == "extraction_id"]
CHOSEN = {"corpus": "simulated", "measure": "saccade_count/consecutive"}
MODELS = ["simulated-large", "simulated-small"]


@pytest.mark.parametrize("exhibit", exhibits(), ids=lambda one: one.name)
def test_an_exhibit_whose_rows_are_of_a_model_each_says_in_which_column(shown_study: Database, exhibit):
    with open_for_reading(shown_study) as connection:
        asked = connection.execute(f"SELECT * FROM ({question(exhibit)}) AS exhibit LIMIT 0".encode())
        columns = [column.name for column in asked.description]
    if "extraction_id" in columns:
        assert exhibit.models == "extraction_id" and "model" in columns
    else:  # a fit is of all models
        assert exhibit.models == ("model" if "model" in columns and exhibit.figure != "fit" else "")


@pytest.mark.parametrize("exhibit", BY_EXTRACTION, ids=lambda one: one.name)
def test_what_is_asked_extraction_by_extraction_is_what_is_asked_at_once(shown_study: Database, exhibit):
    with open_for_reading(shown_study) as connection:
        whole = fill(connection, exhibit).rows
        narrowed = wanted_of(connection, CHOSEN, MODELS).of(connection, exhibit).rows
    wanted = [row for row in whole if row["model"] in MODELS and CHOSEN.items() <= row.items()]
    assert len(narrowed) == len(wanted)
    key = str if exhibit.figure else lambda row: 0  # the rows of a table are in the same order, too
    assert sorted(narrowed, key=key) == sorted(wanted, key=key)
    for axis in ("panel", "series"):
        if column := exhibit.axes.get(axis):
            found = list(dict.fromkeys(row[column] for row in narrowed))
            assert sorted(found) == sorted({row[column] for row in wanted})
            assert axis == "panel" or found == list(dict.fromkeys(row[column] for row in wanted))


def test_more_models_than_a_few_are_picked_by_size_first(address: str, monkeypatch):
    monkeypatch.setattr(picking, "FEW", 2)
    monkeypatch.setattr(picking, "NUMBERS", (2,))
    page = body(address + "/")
    assert set(re.findall(r'data-series="(simulated[^"]*)"', page)) == {"simulated-large", "simulated-medium"}
    assert '<option value="2" selected>first 2</option>' in page
