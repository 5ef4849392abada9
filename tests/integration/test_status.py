"""`warehouse status`: one screen that says what is loaded, computed, stale and under embargo."""

import json
from datetime import date, timedelta

import pytest

from warehouse.access import embargoes
from warehouse.cli import main
from warehouse.database.connection import Database
from warehouse.errors import SchemaMismatch
from warehouse.report.state import status
from warehouse.schema import migrations


def test_an_empty_warehouse_says_how_to_begin(new_database: Database, capsys: pytest.CaptureFixture[str]):
    main(["--dsn", new_database.dsn, "status"])
    out = capsys.readouterr().out
    assert "Nothing is loaded yet: `warehouse demo`" in out
    assert out.startswith(f"{new_database.place}: PostgreSQL ")


def test_a_study_is_told_in_numbers(study: Database):
    found = status(study)
    assert [(row["corpus"], row["sentence_count"], row["word_total"]) for row in found.corpora] == [
        ("simulated", 40, 361)
    ]
    readers = [(row["language_group"], row["subject_count"], row["excluded_count"]) for row in found.readers]
    assert readers == [("L1", 4, 1), ("L2", 4, 0)]
    attention = {row["model"]: (row["layers_held"], row["head_count"], row["cell_count"]) for row in found.attention}
    assert attention["simulated-large"] == (8, 8, 8 * 8 * 1925)
    computed = {row["analysis"]: (row["standing"], row["stale"]) for row in found.computed}
    assert computed["human_resemblance"] == (48, 0)
    assert computed["trivial_reliance"] == (0, 0)
    assert (found.unfinished, found.embargoes) == ([], [])
    assert found.database["schema_revision"] == migrations.head()
    assert found.database["size_bytes"] > 10_000_000


def test_what_is_stale_is_told_with_what_changed(study: Database, capsys: pytest.CaptureFixture[str]):
    with study.connect() as connection:
        connection.execute(
            "UPDATE ops.unit SET fingerprint = 'old', inputs = inputs || '{\"readers\": \"old\"}' "
            "WHERE unit_key LIKE '%simulated-small%'"
        )
    stale = {row["analysis"]: (row["stale"], row["stale_because"]) for row in status(study).computed}
    assert stale["human_resemblance"] == (8, ["readers changed"])
    main(["--dsn", study.dsn, "status"])
    assert "8 units are stale" in capsys.readouterr().out


def test_an_embargo_and_a_failed_run_are_told(study: Database, capsys: pytest.CaptureFixture[str]):
    until = date.today() + timedelta(days=400)
    embargoes.impose(study, "corpus", "simulated", until, [])
    with study.connect() as connection:
        connection.execute("UPDATE ops.run SET run_status = 'failed', error = 'No room.' WHERE run_id = 1")
    main(["--dsn", study.dsn, "status"])
    out = capsys.readouterr().out
    assert f"corpus  simulated  {until}  owners and writers" in out
    assert "No room." in out


def test_the_same_is_told_as_json(study: Database, capsys: pytest.CaptureFixture[str]):
    main(["--dsn", study.dsn, "status", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"database", "corpora", "readers", "attention", "computed", "unfinished", "embargoes"}
    assert len(told["attention"]) == 4
    assert study.dsn.split(":")[2].partition("@")[0] not in json.dumps(told)  # the password


def test_a_database_without_the_schema_is_refused(empty_database: Database):
    with pytest.raises(SchemaMismatch, match="warehouse db upgrade"):
        status(empty_database)
