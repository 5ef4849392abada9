"""What the tests of forgetting share: a study without something, all that is shown, all that is stored."""

import os
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest

from warehouse import pipeline
from warehouse.compute import agenda, everything, one_analysis
from warehouse.database.connection import Database
from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress

QUIET = Progress(quiet=True)
STUDY = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
ANALYSES = ("tuning_test", "group_test", "scale_fit", "reliance_test")
"""With those that these come after: of readers, of attention, of both, over layers, groups, pairs and models."""
EVERYTHING = bool(os.environ.get("WAREHOUSE_TEST_EVERYTHING"))
"""Every analysis is computed again: minutes."""
NOT_COMPARED = {"mart.run", "mart.provenance", "mart.lease", "mart.attention_cell", "mart.saccade_cell"}
"""Of the ledger, and cells, whose sums stand in the others."""


def ingest_all_but(database: Database, *left_out: str) -> None:
    """Load the simulated study of eight readers without the units and extractions whose names begin so."""
    whole = sources()["simulated_readers"]

    @wraps(whole.function)
    def partly(*arguments: Any, **parameters: Any) -> Iterator[Unit | Extraction]:
        yield from (item for item in whole.function(*arguments, **parameters) if not item.key.startswith(left_out))

    pipeline.ingest(database, Source(whole.name, partly, whole.licence, whole.citation), [], {"readers": 4}, QUIET)


def compute(database: Database) -> None:
    """Compute what stands on readers, on attention and on both; with `EVERYTHING` set all there is, with few draws."""
    if EVERYTHING:
        for name, outcome in everything.compute_all(database, STUDY, [], QUIET, resamples=5, subsets=5):
            assert not isinstance(outcome, Exception), (name, outcome)
    else:
        for name in ANALYSES:
            pipeline.compute(database, name, STUDY, progress=QUIET)


def reasons(database: Database) -> set[str]:
    """Say why anything is to be computed: missing, stale."""
    if EVERYTHING:
        plans = [due.plan for due in agenda.agenda(database, STUDY, resamples=5, subsets=5)]
    else:
        plans = [plan for name in ANALYSES for plan in one_analysis.plans(database, name, STUDY)]
    return {(unit.reason or "").partition(":")[0] for plan in plans for unit in plan.todo}


def shown(database: Database) -> dict[str, list[str]]:
    """Give every value that people are shown, as text, without surrogate ids and times."""
    found = {}
    with database.connect(read_only=True) as connection:
        for view, columns in connection.execute(_MARTS).fetchall():
            if view not in NOT_COMPARED:
                chosen = ", ".join(name for name in columns if not name.endswith(("_id", "_at")))
                values = connection.execute(f"SELECT ROW({chosen})::text FROM {view} ORDER BY 1").fetchall()
                found[view] = [text for (text,) in values]
    return found


_MARTS = """
SELECT 'mart.' || table_name, array_agg(column_name::text ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_schema = 'mart' GROUP BY table_name ORDER BY 1
"""


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What was remarked so far."""
    caplog.set_level("INFO", "warehouse")
    return lambda: " ".join(caplog.messages)
