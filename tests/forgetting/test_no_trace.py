"""A person who was forgotten is in no row, no dump, no statistics and no file of the database."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.asking import rows
from tests.forgetting.conftest import QUIET
from warehouse import pipeline
from warehouse.access import erasure
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.plugin.registry import sources

COLUMNS = ("SentenceID", "SentenceRT", "CURRENT_FIX_INTEREST_AREA_ID", "CURRENT_FIX_START", "CURRENT_FIX_DURATION",
           "Words")  # fmt: skip
PERSON, OTHER = 7350917, 7350918
"""The person's number stands in the label, the files' names, the demographics and the durations."""


def add_reader(study: Path, number: int, field: str) -> None:
    func = study / f"sub-{number}" / "func"
    func.mkdir(parents=True)
    read = [["t.01.01", str(number), "1", "0", "80", "One"], ["t.01.01", str(number), "2", "90", str(number), "two."]]
    lines = ["\t".join(row) for row in (COLUMNS, *read)]
    (func / f"sub-{number}_task-read_run-1_events.tsv").write_text("\n".join(lines) + "\n")
    with (study / "L1_Adults_demographics.tsv").open("a") as table:
        table.write(f"{number}\tF\t22\t{field}\n")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    study = tmp_path / f"of-sub-{PERSON}"
    study.mkdir()
    (study / "L1_Adults_demographics.tsv").write_text("ID\tGender\tAge(Year)\tMajor/field\n")
    add_reader(study, PERSON, f"zymurgy {PERSON}")
    add_reader(study, OTHER, "botany")
    (tmp_path / "sentences.txt").write_text("One two.\n\nThree four.\n")  # the second was read by nobody: excluded
    return study


@pytest.fixture
def warehouse(new_database: Database, study: Path) -> Database:
    """A warehouse that knows two people, with the ledger's word of an attempt that failed on the file of one."""
    text, other = study.parent / "sentences.txt", study.parent / "other_sentences.txt"
    other.write_text(text.read_text().replace("One", "Once"))
    with pytest.raises(BadInput):
        pipeline.ingest(new_database, sources()["reading_brain"], [study], {"sentences": other}, QUIET)
    pipeline.ingest(new_database, sources()["reading_brain"], [study], {"sentences": text}, QUIET)
    return new_database


def holding(database: Database, number: int) -> set[str]:
    """Name every column of the database, the planner's statistics included, that holds a number in any form."""
    asked = " UNION ALL ".join(
        f"(SELECT '{table}.{column}' FROM {table} WHERE strpos({column}::text, '{number}') > 0 LIMIT 1)"
        for table, column in rows(database, _COLUMNS)
    )
    return {name for (name,) in rows(database, asked)}


def dumped(cluster: EmbeddedServer, database: Database) -> str:
    """Dump the whole server, as its superuser."""
    above = Database(database.superuser or "")
    program = [cluster.binaries / "pg_dumpall", "--no-sync", "--dbname", above.without_password()]
    environment = {"PATH": os.environ["PATH"], "PGPASSWORD": above.password() or ""}
    return subprocess.run(program, capture_output=True, text=True, check=True, env=environment).stdout


def files(cluster: EmbeddedServer, database: Database) -> list[Path]:
    ((number,),) = rows(database, "SELECT oid FROM pg_database WHERE datname = current_database()")
    return [path for path in (cluster.directory / "data" / "base" / str(number)).iterdir() if path.is_file()]


def with_bytes(cluster: EmbeddedServer, database: Database, number: int) -> list[str]:
    """Name the files of the database that hold the digits of a number."""
    with database.connect(autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    return [path.name for path in files(cluster, database) if str(number).encode() in path.read_bytes()]


def test_no_trace_of_a_person_is_left(warehouse: Database, cluster: EmbeddedServer):
    expected = {"human.subject.subject_label", "human.subject.demographics", "human.fixation.duration_ms",
                "human.reading.reading_time_ms", "ops.run.error", "ops.run.parameters", "ops.run_input.input_name",
                "ops.unit.unit_key", "ops.unit.inputs", "pg_catalog.pg_stats.histogram_bounds"}  # fmt: skip
    with warehouse.connect(autocommit=True) as connection:
        connection.execute("ANALYZE")
    assert expected <= holding(warehouse, PERSON) | holding(warehouse, OTHER)
    assert with_bytes(cluster, warehouse, PERSON) != []
    assert str(PERSON) in dumped(cluster, warehouse)
    done = erasure.forget(warehouse, "subject", [f"sub-{PERSON}"], QUIET)
    assert (done.named, done.undone) == ({}, [])
    assert holding(warehouse, PERSON) == set()
    assert str(PERSON) not in dumped(cluster, warehouse)
    assert with_bytes(cluster, warehouse, PERSON) == []
    assert {"human.subject.subject_label", "ops.run_input.input_name"} <= holding(warehouse, OTHER)


def test_statistics_of_a_table_that_becomes_empty_go_too(warehouse: Database):
    with warehouse.connect(autocommit=True) as connection:
        connection.execute("ANALYZE")
    erasure.forget(warehouse, "subject", [f"sub-{PERSON}", f"sub-{OTHER}"], QUIET)
    assert rows(warehouse, "SELECT attname FROM pg_stats WHERE tablename IN ('subject', 'fixation', 'exclusion')") == []


def test_a_text_that_names_a_person_elsewhere_is_told(warehouse: Database):
    with warehouse.connect(autocommit=True) as connection:
        connection.execute(
            "UPDATE human.exclusion SET excluded_because = %s FROM human.subject "
            "WHERE subject.subject_id = exclusion.subject_id AND subject_label = %s",
            [f"the sister of sub-{PERSON}", f"sub-{OTHER}"],
        )
    done = erasure.forget(warehouse, "subject", [f"sub-{PERSON}"], QUIET)
    assert done.named == {"human.exclusion.excluded_because": 1}


def test_what_an_open_transaction_keeps_on_the_disk_is_told(warehouse: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(erasure.erasing, "LOCK_S", 0.2)
    with warehouse.connect() as reader:
        reader.execute("SELECT count(*) FROM human.subject").fetchall()
        done = erasure.forget(warehouse, "subject", [f"sub-{PERSON}"], QUIET)
        assert rows(warehouse, "SELECT subject_label FROM human.subject") == [(f"sub-{OTHER}",)]
    assert any("human.subject is being read" in what for what in done.undone)


_COLUMNS = """
SELECT table_schema || '.' || table_name, quote_ident(column_name)
FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE
    table_type = 'BASE TABLE' AND table_schema IN ('ops', 'stimulus', 'human', 'model', 'result')
    OR table_name = 'pg_stats' AND column_name IN ('most_common_vals', 'histogram_bounds')
ORDER BY 1, 2
"""
