"""Killed, interrupted, cut off or out of room at any moment: the same command again ends in the same rows.

`python -m tests.faults` tries every fault often and prints a table; here each kind of fault is tried once.
"""

import signal
from collections.abc import Iterator
from random import Random

import pytest

from tests.faults import disks
from tests.faults.commands import Place
from tests.faults.faults import FAULTS
from tests.faults.invariants import broken_after, broken_before
from tests.faults.rivals import CUT_HOLDER
from tests.faults.schema_changes import interrupted
from tests.faults.study import COMPUTE, EXTRACTION, READERS, Study, Work, new_study
from tests.faults.trying import Fault, tried
from warehouse.compute.agenda import agenda


@pytest.fixture(scope="module")
def study() -> Iterator[Study]:
    with new_study() as study:
        yield study


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.name) for fault in FAULTS if fault.is_brief])
def test_after_a_fault_the_same_command_ends_in_the_same_rows(study: Study, fault: Fault):
    (*tries,), skipped = tried(study, fault, 1, Random(fault.name))
    if skipped:
        pytest.skip(skipped)
    assert [each for each in tries if not each.is_sound] == []


PLACES = {
    READERS: [
        Place("warehouse.load.writing.keep", 9),
        Place("warehouse.ledger.unit_records.record_unit", 4),
        Place("warehouse.load.pieces.copy_attention", 3),
        Place("warehouse.load.publication.verify", 1),
        Place("warehouse.load.publication.publish", 2),
        Place("warehouse.ledger.runs._close", 1, "before"),
    ],
    EXTRACTION: [Place("warehouse.load.pieces.copy_attention", 2), Place("warehouse.load.publication.verify", 1)],
    COMPUTE: [
        Place("warehouse.compute.results.write", 2),
        Place("warehouse.ledger.unit_records.record_units", 2),
        Place("warehouse.ledger.runs._close", 1, "before"),
    ],
}
"""Where a command is killed, at one place after the other, further along each time."""


@pytest.mark.parametrize("work", [pytest.param(work, id=work.name) for work in PLACES])
def test_killed_at_one_place_after_the_other_it_converges(study: Study, work: Work):
    study.expected(work)
    study.reset(work.before)
    for place in PLACES[work]:
        ended = study.begin(work, place).wait()
        assert (ended.code, ended.said) == (-signal.SIGKILL, "")
        assert broken_before(study, work) == []
    again = study.begin(work)
    assert again.wait().code == 0
    assert (broken_after(study, again.pid), *study.lost_and_doubled(work)) == ([], {}, {})


COMMITTED = "psycopg.transaction.Transaction.__exit__"


@pytest.mark.parametrize("work", [pytest.param(READERS, id=READERS.name), pytest.param(COMPUTE, id=COMPUTE.name)])
def test_killed_at_one_commit_after_the_other_nothing_stands_without_what_belongs_to_it(study: Study, work: Work):
    """Each attempt goes one commit further than the last: what was committed apart would be seen apart."""
    study.expected(work)
    study.reset(work.before)
    for number in range(2, 9):
        ended = study.begin(work, Place(COMMITTED, number)).wait()
        assert (ended.code, ended.said) == (-signal.SIGKILL, "")
        assert broken_before(study, work) == []
    assert study.run(work).code == 0
    assert study.lost_and_doubled(work) == ({}, {})


@pytest.mark.parametrize(
    ("work", "place"),
    [
        pytest.param(READERS, Place("warehouse.load.writing.keep", 9, "after", signal.SIGINT), id="ingest, a reader"),
        pytest.param(
            READERS, Place("warehouse.load.pieces.copy_attention", 3, how=signal.SIGTERM), id="ingest, a layer"
        ),
        pytest.param(COMPUTE, Place("warehouse.compute.results.write", 2, "after", signal.SIGINT), id="compute"),
    ],
)
def test_a_command_told_to_end_says_so_and_its_run_is_interrupted(study: Study, work: Work, place: Place):
    study.reset(work.before)
    ended = study.begin(work, place).wait()
    assert (ended.code, ended.said.strip()) == (128 + place.how, INTERRUPTED)
    with study.database.connect() as connection:
        last = connection.execute("SELECT run_status FROM ops.run ORDER BY run_id DESC LIMIT 1").fetchone()
    assert last == ("interrupted",)
    assert study.run(work).code == 0
    assert study.lost_and_doubled(work) == ({}, {})


def test_a_rehearsal_told_to_end_leaves_nothing(study: Study):
    rehearsal = Work("dry run", "migrated", (*READERS.arguments, "--dry-run"))
    study.reset(rehearsal.before)
    ended = study.begin(rehearsal, Place("warehouse.load.writing.keep", 9, how=signal.SIGINT)).wait()
    assert (ended.code, ended.said.strip()) == (130, INTERRUPTED)
    with study.database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM ops.run").fetchone() == (0,)


def test_a_full_disk_is_told_and_with_more_room_the_same_command_goes_on(study: Study):
    fault = next(fault for fault in FAULTS if fault.name == "disk full during an ingest")
    (*tries,), skipped = tried(study, fault, 1, Random(fault.name))
    if skipped:
        pytest.skip(skipped)
    assert [(each.ended.code, each.ended.sentence, each.is_sound) for each in tries] == [(8, FULL, True)]


def test_a_disk_too_full_to_enter_is_told(study: Study):
    if not study.is_on_small_disk:
        pytest.skip("a small disk can be mounted as root only")
    study.reset("loaded")
    study.administer("CHECKPOINT")
    for path in (study.server.directory / "data" / "base").glob("*/pg_internal.init"):
        path.unlink()  # which the server writes again for the first to enter
    disks.leave_room(study.server.directory, 16 << 10)
    try:
        ended = study.run(COMPUTE)
    finally:
        disks.make_spacious(study.server.directory)
    assert (ended.code, ended.sentence) == (8, FULL.replace("ingesting simulated_readers", "connecting"))
    assert study.run(COMPUTE).code == 0


INTERRUPTED = "Interrupted: what was done is kept; the same command goes on from there."
FULL = (
    "Error: The database's disk is full while ingesting simulated_readers: make room and give the same command again; "
    "it goes on where it stopped."
)


@pytest.mark.parametrize("call", [pytest.param("warehouse.load.writing.keep", id="a reader"),
                                  pytest.param("warehouse.load.pieces.copy_attention", id="a layer")])  # fmt: skip
def test_an_ingest_that_has_lost_its_lock_writes_no_unit_more(study: Study, call: str):
    study.expected(READERS)
    study.reset(READERS.before)
    held = study.begin(READERS, Place(call, 4, "before", signal.SIGSTOP))
    assert held.wait_until_stopped()
    assert study.administer(CUT_HOLDER) == [(True,)]
    before = _units(study)
    held.go_on()
    ended = held.wait()
    assert (ended.code, ended.sentence) == (4, LOST)
    assert _units(study) - before <= 1  # the one that it was in
    assert study.run(READERS).code == 0
    assert study.lost_and_doubled(READERS) == ({}, {})


LOST = (
    "Error: The connection to the database was lost while ingesting simulated_readers (this process no longer holds "
    "the run); what was committed is kept: give the same command again."
)


def _units(study: Study) -> int:
    with study.database.connect() as connection:
        (count,) = connection.execute("SELECT count(*) FROM ops.unit").fetchone() or (0,)
        return int(count)


def test_an_interrupted_migration_leaves_the_revision_before_it_and_the_same_command_goes_on(study: Study):
    tries = list(interrupted(study, Random(20231206), lambda _: 250, newest=1))
    assert [each for each in tries if not each.is_sound] == []
    assert {each.ended.code for each in tries} & {4, -signal.SIGKILL}


def test_a_clock_put_back_makes_no_pace_below_nothing(study: Study):
    study.reset("loaded")
    assert study.run(COMPUTE).code == 0
    with study.database.connect(autocommit=True) as connection:
        connection.execute("UPDATE ops.unit SET finished_at = finished_at - unit_id * interval '1 minute'")
    assert {due.pace for due in agenda(study.database, {})} == {None}


HARM = {
    "a row is lost": "DELETE FROM human.saccade WHERE ctid = (SELECT min(ctid) FROM human.saccade)",
    "a row is another": "UPDATE human.fixation SET duration_ms = duration_ms + 1 WHERE fixation_ordinal = 1",
    "a unit is not on record": "DELETE FROM ops.unit WHERE unit_key = 'L1/sim-02'",
    "attention is lost": "DELETE FROM model.attention WHERE layer = 0 AND from_word = 1",
}


@pytest.mark.parametrize("statement", [pytest.param(harm, id=name) for name, harm in HARM.items()])
def test_what_is_lost_or_altered_is_noticed(study: Study, statement: str):
    study.expected(READERS)
    study.reset("loaded")
    with study.database.connect(autocommit=True) as connection:
        connection.execute(statement)
    lost, _ = study.lost_and_doubled(READERS)
    assert lost
    assert broken_before(study, READERS)


LEFT_OVER = {
    "a table of attention belongs to nothing": "CREATE TABLE model.attention_99 (LIKE model.attention)",
    "a run stands as running, and no process lives": "UPDATE ops.run SET run_status = 'running'",
    "an extraction is left half": "UPDATE model.extraction SET extraction_status = 'loading'",
}


@pytest.mark.parametrize(("claim", "statement"), [pytest.param(*each, id=each[0]) for each in LEFT_OVER.items()])
def test_what_is_left_over_is_noticed(study: Study, claim: str, statement: str):
    study.reset("loaded")
    with study.database.connect(autocommit=True) as connection:
        connection.execute(statement)
    assert any(said.startswith(claim) for said in broken_after(study, 0))
