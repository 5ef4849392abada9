"""What a unit of work is called: by the columns that its analysis declares, so that no two units share a name."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from psycopg import sql

from tests.conftest import cloned
from warehouse import pipeline
from warehouse.compute import one_analysis
from warehouse.compute.plan import Plan, make_plan
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.declarations import MetaData, Table
from warehouse.errors import BadInput
from warehouse.plugin import registry
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import Analysis, analysis_named
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.schema.tables import metadata, result
from warehouse.schema.tables.base import field, key
from warehouse.slices import Reading, Slices
from warehouse.slices.units import work_of

QUIET = Progress(quiet=True)
DURATIONS = {"quantity": ["saccade_duration"], "saccade_rule": ["consecutive"]}
SENTENCES = 40


def one_reader(readers: np.ndarray) -> Columns:
    """Count the cells of a sentence."""
    return {"ceiling": [0.5], "cell_count": [len(readers)]}


BY_SENTENCE = ("corpus_id", "measure_id", "language_group", "sentence_id")


def declared(table: Table, unit: tuple[str, ...] = BY_SENTENCE) -> Analysis:
    """An analysis of others: one unit a sentence."""
    return Analysis("one_reader", one_reader, ("slice.reader_group", "slice.sentence"), ("readers",), unit, (table,))


@pytest.fixture(scope="module")
def study_to_read(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    with cloned(cluster, study_template) as database:
        yield database


@pytest.fixture(scope="module")
def by_sentence() -> Table:
    """A table of others, whose key has the sentence, among tables like ours."""
    copied = MetaData()
    copied.tables |= metadata.tables
    names = ("run_id", "corpus_id", "measure_id", "language_group", "sentence_id")
    columns = [*(key(name) for name in names), field("unit_id"), field("ceiling"), field("cell_count")]
    return Table("by_sentence", copied, *columns, schema="result")


def plan(database: Database, analysis: Analysis, **parameters: Any) -> Plan:
    with database.connect(autocommit=True, read_only=True) as connection:
        return make_plan(Slices(connection), analysis, DURATIONS, parameters)


def keys(database: Database, name: str) -> list[str]:
    with database.connect(autocommit=True, read_only=True) as connection:
        return list(work_of(Reading(connection), analysis_named(name), sql.SQL("true"), {}))


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch, by_sentence: Table) -> Iterator[Analysis]:
    analysis = declared(by_sentence)
    analysis_named("noise_ceiling")  # all are found before one is added
    monkeypatch.setitem(registry._analyses, "one_reader", analysis)  # type: ignore[arg-type]
    yield analysis


def test_an_analysis_of_others_does_every_unit_that_it_declares(study: Database, plugged: Analysis) -> None:
    with study.connect(autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE result.by_sentence (run_id integer, unit_id integer, corpus_id integer, measure_id smallint, "
            "language_group text, sentence_id integer, ceiling double precision, cell_count integer, "
            "PRIMARY KEY (run_id, corpus_id, measure_id, language_group, sentence_id))"
        )
    units = plan(study, plugged).units
    assert len({unit.key for unit in units}) == len(units) == 2 * SENTENCES
    assert units[0].key == "simulated/saccade_duration/consecutive/L1/0/0"  # article and place: a sentence has no name
    tally = pipeline.compute(study, "one_reader", DURATIONS, progress=QUIET)["one_reader"]
    assert (tally.inserted, tally.unchanged) == (2 * SENTENCES, 0)
    again = pipeline.compute(study, "one_reader", DURATIONS, progress=QUIET)["one_reader"]
    assert (again.inserted, again.unchanged) == (0, 2 * SENTENCES)


def test_a_table_whose_key_does_not_tell_the_units_apart_is_refused(study_to_read: Database) -> None:
    with pytest.raises(BadInput, match=r"units differ in sentence_id, which the key of result\.noise_ceiling does not"):
        plan(study_to_read, declared(result.noise_ceiling))


def test_units_of_one_name_are_refused(study_to_read: Database, by_sentence: Table) -> None:
    with pytest.raises(BadInput, match=r"8 names are those of several units each, such as simulated/saccade_.*/L1"):
        work_all(study_to_read, declared(by_sentence, ("corpus_id", "measure_id", "language_group")))


def work_all(database: Database, analysis: Analysis) -> None:
    with database.connect(autocommit=True, read_only=True) as connection:
        work_of(Reading(connection), analysis, sql.SQL("quantity <> 'roi_value'"), {})


def test_a_parameter_of_0_is_told_apart_from_none(study_to_read: Database, by_sentence: Table) -> None:
    found = {plan(study_to_read, declared(by_sentence), least=value).units[0].key for value in (None, False, 0, 1)}
    assert {text.partition(" ")[2] for text in found} == {"", "least=0", "least=1"}


def test_the_declared_order_decides_who_follows_whom_and_not_the_name(study_to_read: Database) -> None:
    analysis = analysis_named("human_resemblance")
    turned = replace(analysis, order=("layer", "extraction_id", "measure_id", "language_group"))
    one, other = (list(works(study_to_read, each)) for each in (analysis, turned))
    assert one != other and sorted(one) == sorted(other)
    assert [key.split("/")[4] for key in other] == sorted(key.split("/")[4] for key in other)


def works(database: Database, analysis: Analysis) -> dict[str, Any]:
    with database.connect(autocommit=True, read_only=True) as connection:
        return work_of(Reading(connection), analysis, sql.SQL("true"), {})


LARGE, TUNED = "simulated-large/plain/raw", "simulated-medium/plain/simulated-medium-tuned/plain/raw"
NAMES = {
    "noise_ceiling": "simulated/saccade_count/consecutive/L1",
    "human_resemblance": f"simulated/{LARGE}/0/saccade_count/consecutive/L1",
    "corrected_resemblance": f"simulated/{LARGE}/0/saccade_count/consecutive/L1",
    "tuning_test": f"simulated/{TUNED}/saccade_count/consecutive/L1",
    "group_test": f"simulated/{LARGE}/saccade_count/consecutive/L1/L2",
    "loss_fit": "simulated/plain/raw/saccade_count/consecutive/L1",
    "scale_fit": "simulated/plain/raw/saccade_count/consecutive/L1",
    "trivial_reliance": f"simulated/{LARGE}/0/trivial",
    "reader_reliance": "simulated/saccade_count/consecutive/L1/trivial",
    "reliance_difference": f"simulated/tuning/{TUNED}/trivial",
    "attention_divergence": f"simulated/tuning/{TUNED}/layer/0",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_these_and_stay_so(study_to_read: Database, name: str) -> None:
    """Another name is another unit: results under the old one would stand beside the new ones."""
    assert NAMES[name] in keys(study_to_read, name)


ANOTHER_TEXT = """
WITH corpus AS (
    INSERT INTO stimulus.corpus (corpus, language, licence, citation) VALUES ('another', 'en', 'CC0-1.0', 'none')
    RETURNING corpus_id
),
article AS (INSERT INTO stimulus.article (corpus_id, article_position) SELECT corpus_id, 0 FROM corpus)
INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, method, alignment, dtype, is_causal, layers, extraction_status, digest,
    run_id
)
SELECT
    language_model_id, condition_id, corpus.corpus_id, method, alignment, dtype, is_causal, layers, extraction_status,
    digest, run_id
FROM model.extraction CROSS JOIN corpus
"""


def test_two_texts_read_by_one_model_are_two_units(study: Database) -> None:
    one = set(keys(study, "trivial_reliance"))
    with study.connect(autocommit=True) as connection:
        connection.execute(ANOTHER_TEXT)
    both = keys(study, "trivial_reliance")
    assert one < set(both) and len(both) == 2 * len(one)
    assert {key.partition("/")[0] for key in both} == {"simulated", "another"}


RENAMED = ("trivial_reliance", "divergence_significance")
NAMED = """
    SELECT job, unit_key, array(
        SELECT input_name FROM ops.run_input
        WHERE run_input.run_id = run.run_id AND input_name LIKE '% of ' || unit_key ORDER BY 1
    )
    FROM ops.unit JOIN ops.run USING (run_id) WHERE job LIKE 'compute %' ORDER BY unit_id
"""


def test_units_of_an_earlier_revision_are_renamed_and_stand(study: Database) -> None:
    with study.connect(autocommit=True) as connection:
        connection.execute("SELECT fn.add_reference_pair('simulated-medium', 'simulated-medium-tuned', 'for the test')")
    chosen = {"model": ["simulated-medium", "simulated-small"]}
    for name in RENAMED:
        pipeline.compute(study, name, chosen, progress=QUIET)
    before = named(study)
    migrations.downgrade(study, "0018")
    earlier = {(job, key) for job, key, _ in named(study)}
    assert ("compute trivial_reliance", "simulated-small/plain/raw/0/trivial") in earlier
    pair = "simulated/scale/simulated-small/plain/simulated-medium/plain/raw/quarter/reference"
    assert ("compute divergence_significance", f"{pair}/simulated-medium/simulated-medium-tuned") in earlier
    migrations.upgrade(study)
    assert named(study) == before
    for name in RENAMED:
        (asked,) = [each for each in one_analysis.plans(study, name, chosen) if each.analysis.name == name]
        assert asked.units and not asked.todo, name


def named(database: Database) -> list[tuple[Any, ...]]:
    with database.connect(read_only=True) as connection:
        return connection.execute(NAMED.encode()).fetchall()
