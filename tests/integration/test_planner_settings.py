"""What a unit reads is digested from stored values in one order: however the server plans, nothing becomes stale."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.conftest import STUDY, cloned
from tests.integration.test_surprisal_fit import PLANTED as SURPRISAL
from warehouse import pipeline
from warehouse.compute import one_analysis
from warehouse.compute.plan import complete_parameters, make_plan
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import analyses
from warehouse.progress import Progress
from warehouse.slices import Slices

COMPUTED = ("corrected_resemblance", "tuning_test", "group_test", "loss_fit", "scale_fit", "reliance_test",
            "reliance_difference", "divergence_significance")  # fmt: skip
SETTINGS = {
    "no hash aggregates": ["enable_hashagg = off"],
    "no sorts": ["enable_sort = off", "enable_incremental_sort = off"],
    "no hash joins": ["enable_hashjoin = off"],
    "no merge joins, no nested loops": ["enable_mergejoin = off", "enable_nestloop = off"],
    "no index scans": ["enable_indexscan = off", "enable_bitmapscan = off"],
    "little memory": ["work_mem = '64kB'", "hash_mem_multiplier = 1"],
    "parallel": ["debug_parallel_query = on", "min_parallel_table_scan_size = 0", "parallel_setup_cost = 0",
                 "parallel_tuple_cost = 0", "max_parallel_workers_per_gather = 4"],
}  # fmt: skip
SHUFFLED = """
UPDATE result.human_resemblance SET r2 = r2 WHERE (subject_id + layer) % 3 = 0;
UPDATE result.noise_ceiling SET ceiling = ceiling WHERE ceiling_kind = 'group_mean';
UPDATE result.head_reliance SET r2 = r2 WHERE head % 2 = 0;
UPDATE result.reader_reliance SET r2 = r2 WHERE subject_id % 2 = 0;
UPDATE result.attention_divergence SET js_nats = js_nats WHERE sentence_id % 2 = 0;
UPDATE human.saccade SET saccade_count = saccade_count WHERE from_word % 2 = 0;
"""
"""As later versions of the same rows, they lie behind the others."""


@pytest.fixture(scope="module")
def computed(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    with cloned(cluster, study_template) as database:
        with database.connect(autocommit=True) as connection:
            connection.execute("SELECT fn.add_reference_pair('simulated-small', 'simulated-large', 'for the test')")
            connection.execute(SURPRISAL)
        for name in COMPUTED:
            given = {"resamples": 20, "subsets": 5} if name == "corrected_resemblance" else {}
            pipeline.compute(database, name, STUDY, progress=Progress(quiet=True), **given)
        yield database


def inputs(database: Database, settings: list[str]) -> dict[str, dict[str, str]]:
    """All that every unit of every analysis reads, by unit."""
    found = {}
    with database.connect(autocommit=True, read_only=True) as connection:
        for setting in settings:
            connection.execute(f"SET {setting}".encode())
        slices = Slices(connection)
        for name, analysis in analyses().items():
            is_of_counts = not analysis.quantities or "saccade_count" in analysis.quantities
            selection = STUDY if is_of_counts else {}
            plan = make_plan(slices, analysis, selection, complete_parameters(analysis, "", {}))
            found |= {f"{name} {unit.key}": dict(unit.inputs) for unit in plan.units}
    return found


@pytest.fixture(scope="module")
def usual(computed: Database) -> dict[str, dict[str, str]]:
    return inputs(computed, [])


def test_every_analysis_has_units_here(usual: dict[str, dict[str, str]]) -> None:
    assert {key.partition(" ")[0] for key in usual} == set(analyses())


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=list(SETTINGS))
def test_digests_do_not_depend_on_how_the_server_plans(
    computed: Database, usual: dict[str, dict[str, str]], settings: list[str]
) -> None:
    assert inputs(computed, settings) == usual


def test_digests_do_not_depend_on_how_rows_lie_on_the_disk(
    computed: Database, usual: dict[str, dict[str, str]]
) -> None:
    with computed.connect(autocommit=True) as connection:
        connection.execute(SHUFFLED)
    assert inputs(computed, []) == usual


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE result.human_resemblance SET cv_r2 = cv_r2 + 1e-15 WHERE (subject_id, layer) = "
        "(SELECT min(subject_id), 1::smallint FROM result.human_resemblance)",
        "UPDATE result.noise_ceiling SET ceiling = ceiling + 1e-15 WHERE ceiling_kind = 'leave_one_out'",
        "UPDATE model.language_model SET parameter_count = parameter_count + 1 WHERE model = 'simulated-large'",
    ],
    ids=["a reader's value", "a ceiling", "a fact of a model"],
)
def test_any_stored_value_that_is_read_makes_fits_stale(
    cluster: EmbeddedServer, study_template: str, change: str
) -> None:
    with cloned(cluster, study_template) as database:
        pipeline.compute(database, "loss_fit", STUDY, progress=Progress(quiet=True))
        with database.connect(autocommit=True) as connection:
            connection.execute(change.encode())
        (fit,) = [plan for plan in one_analysis.plans(database, "loss_fit", STUDY) if plan.analysis.name == "loss_fit"]
    assert {unit.reason for unit in fit.todo} == {"stale: model scores changed"}


def test_the_scores_of_models_are_those_of_the_view(computed: Database) -> None:
    with computed.connect(autocommit=True, read_only=True) as connection:
        plan = make_plan(Slices(connection), analyses()["loss_fit"], STUDY, {})
        for unit in plan.units:
            (scores,) = Slices(connection).arrays(["model_scores"], unit.work)
            rows = connection.execute(_BEST, [unit.work["measure_id"], unit.work["language_group"]]).fetchall()
            assert scores["model"].tolist() == [name for name, *_ in rows] and len(rows) == 4
            for kind, column in zip(("resemblance", "adjusted_resemblance", "cv_resemblance"), (1, 2, 3), strict=True):
                np.testing.assert_allclose(scores[kind], [row[column] for row in rows], rtol=1e-13)
            assert scores["parameter_count"].tolist() == [row[4] for row in rows]


_BEST = """
SELECT DISTINCT ON (model) model, resemblance, adjusted_resemblance, cv_resemblance, parameter_count
FROM slice.layer_curve
WHERE measure_id = %s AND language_group = %s AND stage <> 'untrained'
ORDER BY model, r2 DESC NULLS LAST, layer
"""
