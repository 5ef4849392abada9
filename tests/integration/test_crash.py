"""Killed, interrupted or out of room at any moment: the same command again ends in the same rows."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from warehouse.cli import main
from warehouse.database import Database
from warehouse.server import EmbeddedServer
from warehouse.server.processes import server_account

INGEST = ["ingest", "simulated-readers", "--readers", "4"]
COMPUTE = ["compute", "human-resemblance", "--measure", "count", "--rule", "consecutive"]

DIES = """
import importlib, itertools, os, signal, sys
from warehouse.cli import main

place, when, call, how, *arguments = sys.argv[1:]
module, _, name = place.rpartition(".")
module, calls = importlib.import_module(module), itertools.count(1)
function = getattr(module, name)

def dies(*given, **named):
    if next(calls) != int(call):
        return function(*given, **named)
    found = function(*given, **named) if when == "after" else None
    os.kill(os.getpid(), getattr(signal, how))
    return found

setattr(module, name, dies)
main(arguments)
"""
"""The command line, in which one call of a function brings a signal just before or just after it."""


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.connect(read_only=True) as connection:
        return connection.execute(query).fetchall()


def again(database: Database, command: list[str]) -> None:
    main(["--quiet", "--dsn", database.dsn, *command])


def dying(database: Database, command: list[str], place: str, when: str, call: int, how: str) -> tuple[int, str]:
    """Run a command that is brought down at a place in the code; give its exit code and what it said."""
    arguments = [place, when, str(call), how, "--quiet", "--dsn", database.dsn, *command]
    done = subprocess.run([sys.executable, "-c", DIES, *arguments], capture_output=True, text=True)
    return done.returncode, done.stderr


def killed_after(database: Database, command: list[str], seconds: float) -> None:
    """Run a command and kill it so long after its run has begun."""
    before = _attempts(database)
    process = subprocess.Popen(
        [sys.executable, "-m", "warehouse.cli", "--quiet", "--dsn", database.dsn, *command], stdout=subprocess.DEVNULL
    )
    while process.poll() is None and _attempts(database) == before:
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    process.wait()


def _attempts(database: Database) -> int:
    return int(rows(database, "SELECT COALESCE(sum(attempt), 0) FROM ops.run")[0][0])


SAME = {
    "text": "SELECT sentence_label, word_position, word_text FROM stimulus.word "
    "JOIN stimulus.sentence USING (sentence_id)",
    "pairs": "SELECT sentence_label, pair_ordinal, from_word, to_word FROM stimulus.word_pair "
    "JOIN stimulus.sentence USING (sentence_id)",
    "fixations": "SELECT language_group, subject_label, sentence_label, fixation_ordinal, word_position, start_ms, "
    "duration_ms FROM human.fixation JOIN human.subject USING (subject_id) JOIN stimulus.sentence USING (sentence_id)",
    "saccades": "SELECT language_group, subject_label, saccade_rule_id, sentence_label, from_word, to_word, "
    "saccade_count, duration_ms FROM human.saccade JOIN human.subject USING (subject_id) "
    "JOIN stimulus.sentence USING (sentence_id)",
    "exclusions": "SELECT subject_label, excluded_because FROM human.exclusion JOIN human.subject USING (subject_id)",
    "attention": "SELECT model, layer, sentence_label, from_word, to_word, weights FROM model.attention "
    "JOIN model.extraction USING (extraction_id) JOIN model.language_model USING (language_model_id) "
    "JOIN stimulus.sentence USING (sentence_id)",
    "extractions": "SELECT model, extraction_status, layers, attention.digest FROM model.extraction AS attention "
    "JOIN model.language_model USING (language_model_id)",
    "resemblance": "SELECT model, layer, measure, language_group, subject_label, r2, cv_r2, rank "
    "FROM mart.human_resemblance",
    "ceilings": "SELECT measure, language_group, ceiling_kind, ceiling FROM mart.noise_ceiling",
    "runs": "SELECT job, run_status, parameters, error FROM ops.run",
    "units": "SELECT job, regexp_replace(unit_key, '^extraction [0-9]+', model), unit_state, row_count FROM ops.unit "
    "JOIN ops.run USING (run_id) LEFT JOIN model.extraction ON unit_key LIKE 'extraction ' || extraction_id || '/%' "
    "LEFT JOIN model.language_model USING (language_model_id)",
    "partitions": "SELECT count(*), NULL FROM pg_class WHERE relkind = 'r' AND relname ~ '^attention_[0-9]+$'",
}
"""What must be the same after any history, without the numbers that the database gives."""


def digests(database: Database) -> dict[str, str]:
    sums = "SELECT md5(string_agg(every::text, E'\\n' ORDER BY every::text)) FROM ({}) AS every"
    return {name: rows(database, sums.format(query))[0][0] for name, query in SAME.items()}


@pytest.fixture(scope="module")
def undisturbed(cluster: EmbeddedServer, template: str) -> Iterator[dict[str, dict[str, str]]]:
    """The digests of a database in which nothing happened, after ingest and after compute."""
    with _clone(cluster, template, "undisturbed") as database:
        again(database, INGEST)
        ingested = digests(database)
        again(database, COMPUTE)
        yield {"ingest": ingested, "compute": digests(database)}


@pytest.fixture(scope="module")
def ingested_template(cluster: EmbeddedServer, template: str) -> Iterator[str]:
    name = "ingested"
    with _clone(cluster, template, name) as database:
        again(database, INGEST)
        yield name


@pytest.fixture
def ingested(cluster: EmbeddedServer, ingested_template: str) -> Iterator[Database]:
    with _clone(cluster, ingested_template, "ingested_again") as database:
        yield database


@contextmanager
def _clone(cluster: EmbeddedServer, template: str, name: str, tablespace: str = "pg_default") -> Iterator[Database]:
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy TABLESPACE {tablespace}")
        yield Database(cluster.dsn(name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def assert_nothing_is_seen_in_part(database: Database) -> None:
    readers = rows(database, "SELECT count(*) FROM human.subject")
    assert rows(database, "SELECT count(*) FROM ops.unit WHERE unit_key ~ '^L[12]/'") == readers
    assert rows(database, "SELECT count(DISTINCT subject_id) FROM human.saccade") == readers
    partial = (
        "SELECT extraction_id, layer FROM slice.extraction_layer "
        "LEFT JOIN slice.layer_attention USING (extraction_id, layer) GROUP BY 1, 2 "
        "HAVING count(weights) <> (SELECT count(*) FROM stimulus.word_pair WHERE is_causal)"
    )
    assert rows(database, partial) == []
    unfinished = "SELECT 1 FROM current.human_resemblance JOIN ops.run USING (run_id) WHERE run_status <> 'done'"
    assert rows(database, unfinished) == []


@pytest.mark.parametrize(
    ("place", "when", "call"),
    [
        pytest.param("warehouse.runs.record_unit", "before", 1, id="before the first unit is on record"),
        pytest.param("warehouse.writing.keep", "after", 9, id="among the rows of a reader"),
        pytest.param("warehouse.runs.record_unit", "after", 4, id="before a reader is committed"),
        pytest.param("warehouse.extractions.copy_attention", "after", 3, id="in the middle of a layer"),
        pytest.param("warehouse.publication.verify", "after", 1, id="when the key is built"),
        pytest.param("warehouse.publication.publish", "after", 2, id="when an extraction is published"),
        pytest.param("warehouse.runs._close", "before", 1, id="before the run is done"),
    ],
)
def test_ingest_killed_at_a_place_converges(
    new_database: Database, undisturbed: dict[str, dict[str, str]], place: str, when: str, call: int
):
    assert dying(new_database, INGEST, place, when, call, "SIGKILL")[0] == -signal.SIGKILL
    assert rows(new_database, "SELECT job, run_status FROM ops.run") == [("ingest simulated_readers", "running")]
    assert_nothing_is_seen_in_part(new_database)
    again(new_database, INGEST)
    assert digests(new_database) == undisturbed["ingest"]
    assert rows(new_database, "SELECT attempt FROM ops.run") == [(2,)]


@pytest.mark.parametrize(
    ("place", "when", "call"),
    [
        pytest.param("warehouse.results.write", "after", 7, id="after some units"),
        pytest.param("warehouse.runs.record_unit", "after", 5, id="before a unit is committed"),
        pytest.param("warehouse.runs._close", "before", 2, id="before the run is done"),
    ],
)
def test_compute_killed_at_a_place_converges(
    ingested: Database, undisturbed: dict[str, dict[str, str]], place: str, when: str, call: int
):
    assert dying(ingested, COMPUTE, place, when, call, "SIGKILL")[0] == -signal.SIGKILL
    assert rows(ingested, "SELECT run_status FROM ops.run ORDER BY run_id DESC LIMIT 1") == [("running",)]
    assert_nothing_is_seen_in_part(ingested)
    again(ingested, COMPUTE)
    assert digests(ingested) == undisturbed["compute"]


def test_killed_again_and_again_at_any_moment_it_converges(
    new_database: Database, undisturbed: dict[str, dict[str, str]]
):
    moments = random.Random(20231206)
    for command in (INGEST, COMPUTE):
        for _ in range(3):
            killed_after(new_database, command, moments.uniform(0, 0.5))
            assert_nothing_is_seen_in_part(new_database)
        again(new_database, command)
    found, expected = digests(new_database), undisturbed["compute"]
    assert rows(new_database, "SELECT DISTINCT run_status FROM ops.run") == [("done",)]
    assert {**found, "runs": None} == {**expected, "runs": None}  # one that ended before it was killed counts twice


@pytest.mark.parametrize(
    ("command", "place", "call"),
    [
        pytest.param(INGEST, "warehouse.writing.keep", 9, id="ingest, a reader"),
        pytest.param(INGEST, "warehouse.extractions.copy_attention", 3, id="ingest, a layer"),
        pytest.param([*INGEST, "--dry-run"], "warehouse.writing.keep", 9, id="dry run"),
    ],
)
def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(
    new_database: Database, undisturbed: dict[str, dict[str, str]], command: list[str], place: str, call: int
):
    code, said = dying(new_database, command, place, "after", call, "SIGINT")
    assert (code, said) == (130, "\nInterrupted: what was done is kept; the same command goes on from there.\n")
    left = [] if "--dry-run" in command else [("interrupted", "KeyboardInterrupt")]
    assert rows(new_database, "SELECT run_status, error FROM ops.run") == left
    again(new_database, INGEST)
    assert digests(new_database) == undisturbed["ingest"]


def test_ctrl_c_while_computing_keeps_what_was_done(ingested: Database, undisturbed: dict[str, dict[str, str]]):
    assert dying(ingested, COMPUTE, "warehouse.results.write", "after", 7, "SIGINT")[0] == 130
    done = rows(ingested, "SELECT count(*) FROM ops.unit JOIN ops.run USING (run_id) WHERE run_status = 'interrupted'")
    assert done[0][0] > 0
    again(ingested, COMPUTE)
    assert digests(ingested) == undisturbed["compute"]


@pytest.fixture
def small_disk(cluster: EmbeddedServer, template: str) -> Iterator[Path]:
    """A disk of memory with half a megabyte more room than a migrated database takes, as the tablespace `small`."""
    if os.geteuid() != 0:
        pytest.skip("a disk of its own can be mounted as root only")
    account, place = server_account(), Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        (size,) = connection.execute(f"SELECT pg_database_size('{template}')").fetchone() or (0,)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size + (512 << 10)}", "tmpfs", str(place)]
        mounted = subprocess.run(mount, capture_output=True, text=True)
        if mounted.returncode:
            place.rmdir()
            pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
        os.chown(place, account.uid, account.gid)
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        yield place
        connection.execute("DROP TABLESPACE small")
    subprocess.run(["umount", str(place)], check=True)
    place.rmdir()


def test_a_full_disk_is_told_and_with_more_room_the_same_command_goes_on(
    cluster: EmbeddedServer,
    template: str,
    small_disk: Path,
    undisturbed: dict[str, dict[str, str]],
    capsys: pytest.CaptureFixture[str],
):
    with _clone(cluster, template, "in_a_small_place", tablespace="small") as database:
        with pytest.raises(SystemExit) as full:
            again(database, INGEST)
        assert full.value.code == 8
        assert capsys.readouterr().err == (
            "Error: The database's disk is full while ingesting simulated_readers: make room and give the same "
            "command again; it goes on where it stopped.\n"
        )
        assert_nothing_is_seen_in_part(database)
        subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
        again(database, INGEST)
        assert digests(database) == undisturbed["ingest"]
