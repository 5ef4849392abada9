"""What leaves as Parquet comes back in another warehouse with the same values and fingerprints, or is refused."""

import json
import re
import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.asking import row_counts, rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.access import embargoes, roles
from warehouse.compute import one_analysis
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, DatabaseUnavailable, MissingInput, StoredDiffers, UnknownName
from warehouse.load.tally import Tally
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema.tables import metadata
from warehouse.transfer import export
from warehouse.transfer.export import manifest, verification
from warehouse.transfer.export.contents import EXPORTED, STAYING

QUIET = Progress(quiet=True)


def write_export(database: Database, directory: Path, runs: tuple[int, ...] = (), corpora: tuple[str, ...] = ()) -> Any:
    return export.export(database, directory, runs, corpora, QUIET)


def load(database: Database, directory: Path) -> Tally:
    return pipeline.ingest(database, sources()["parquet"], [directory], {}, QUIET)


def count(database: Database, table: str) -> int:
    return int(rows(database, f"SELECT count(*) FROM {table}")[0][0])


def values(database: Database, view: str) -> list[str]:
    return values_of(database, [view])[view]


def values_of(database: Database, views: Iterable[str]) -> dict[str, list[str]]:
    """Every row of views without surrogate ids, as text; numbers to 12 digits, which no plan changes."""
    with database.connect(read_only=True) as connection:
        connection.execute("SET extra_float_digits = -3")
        return {view: _values(connection, view) for view in views}


def _values(connection: Connection, view: str) -> list[str]:
    names = [name for (name,) in connection.execute(_COLUMNS, [view]).fetchall()]
    kept = ", ".join(name for name in names if not name.endswith("_id") and name != "completed_at")
    return [text for (text,) in connection.execute(f"SELECT ROW({kept})::text FROM {view} ORDER BY 1").fetchall()]


def rounded(texts: list[str]) -> list[str]:
    """Give averages to 10 digits: the server sums in an order of its own."""
    return [re.sub(r"-?\d+\.\d{9,}", lambda number: f"{float(number[0]):.10g}", text) for text in texts]


_COLUMNS = """
SELECT column_name::text FROM information_schema.columns WHERE table_schema || '.' || table_name = %s
ORDER BY ordinal_position
"""
_MARTS = "SELECT 'mart.' || table_name FROM information_schema.views WHERE table_schema = 'mart' ORDER BY 1"
_HERE = ("mart.run", "mart.provenance")  # of the warehouse's own ledger


@pytest.fixture
def elsewhere(new_database: Database) -> Database:
    """An empty warehouse that numbers its rows from another number on."""
    with new_database.connect() as connection:
        found = connection.execute(
            "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
            "WHERE is_identity = 'YES' AND table_schema IN ('ops', 'stimulus', 'human', 'model')"
        ).fetchall()
        for table, column in found:
            connection.execute(f"ALTER TABLE {table} ALTER COLUMN {column} RESTART WITH 501")
    return new_database


def test_every_table_is_exported_or_stays_on_purpose():
    assert {table.fullname for table in metadata.sorted_tables} - {table.fullname for table in EXPORTED} == set(STAYING)


def test_what_is_imported_has_every_value_nothing_is_to_be_computed_and_it_leaves_as_it_came(
    study: Database, elsewhere: Database, exported: Path, tmp_path: Path
):
    load(elsewhere, exported)
    views = [view for (view,) in rows(study, _MARTS) if view not in _HERE]
    there = values_of(elsewhere, views)
    for view, texts in values_of(study, views).items():
        assert rounded(there[view]) == rounded(texts), view
    weights = "SELECT model, layer, sentence_label, from_word, to_word, weights FROM slice.extraction_layer "
    weights += "JOIN model.attention USING (extraction_id, layer) JOIN stimulus.sentence USING (sentence_id) "
    weights += "ORDER BY 1, 2, 3, 4, 5"
    assert rows(elsewhere, weights) == rows(study, weights)
    prints = "SELECT unit_key, fingerprint, inputs, row_count FROM ops.unit JOIN ops.run USING (run_id) "
    prints += "WHERE job LIKE 'compute %' ORDER BY 1"
    assert rows(elsewhere, prints) == rows(study, prints)
    chosen = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
    assert [unit.key for plan in one_analysis.plans(elsewhere, "human_resemblance", chosen) for unit in plan.todo] == []
    write_export(elsewhere, tmp_path / "again")
    for path in sorted(exported.glob("[hmrs]*/*.parquet")):
        here, back = pq.read_table(path), pq.read_table(tmp_path / "again" / path.relative_to(exported))
        kept = [name for name in here.column_names if not name.endswith("_id") and name != "completed_at"]
        assert back.select(kept).equals(here.select(kept)), path.stem


def test_importing_again_and_the_other_way_round_changes_nothing(study: Database, elsewhere: Database, exported: Path):
    first = load(elsewhere, exported)
    before = row_counts(elsewhere)
    again = load(elsewhere, exported)
    assert first.inserted > 0 and first.rejected == 0
    assert (again.inserted, again.rejected) == (0, 0)
    after = row_counts(elsewhere)
    assert {name for name in after if after[name] != before[name]} <= {"ops.run", "ops.run_input"}
    home = {name: count(study, name) for name in ("result.human_resemblance", "human.fixation", "model.attention")}
    assert load(study, exported).inserted == 0
    assert {name: count(study, name) for name in home} == home


def test_a_run_takes_along_exactly_what_it_stands_on(study: Database, elsewhere: Database, tmp_path: Path):
    chosen = {"model": ["simulated-large"], "language_group": ["L1"], "quantity": ["saccade_duration"]}
    pipeline.compute(study, "human_resemblance", {**chosen, "saccade_rule": ["first_three"]}, progress=QUIET)
    ((run_id,),) = rows(study, "SELECT max(run_id) FROM ops.run WHERE job = 'compute human_resemblance'")
    told = write_export(study, tmp_path / "out", runs=(run_id,))
    tables = {file["table"]: file["rows"] for file in told["files"]}
    assert tables["human.subject"] == 4
    assert tables["result.human_resemblance"] == 8 * 4 - 8 * left_out(study)
    assert [one["model"] for one in models(tmp_path / "out")] == ["simulated-large"]
    assert len(list((tmp_path / "out/model/attention").iterdir())) == 1
    load(elsewhere, tmp_path / "out")
    wanted = [row for row in values(study, "mart.human_resemblance") if "duration" in row]
    assert values(elsewhere, "mart.human_resemblance") == wanted


def left_out(study: Database) -> int:
    return int(rows(study, "SELECT count(*) FROM mart.exclusion WHERE language_group = 'L1'")[0][0])


def models(directory: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(directory / "model/language_model.parquet").to_pylist()
    return found


def test_duckdb_answers_from_the_files_as_the_warehouse_does(study: Database, exported: Path):
    question = """
    SELECT model, layer, avg(r2) AS r2 FROM {result}
    JOIN {extraction} USING (extraction_id) JOIN {model} USING (language_model_id)
    GROUP BY model, layer ORDER BY model, layer
    """
    files = {"result": "result/human_resemblance", "extraction": "model/extraction", "model": "model/language_model"}
    quoted = {name: f"'{exported / path}.parquet'" for name, path in files.items()}
    told = duckdb.sql(question.format(**quoted)).fetchall()
    asked = rows(study, question.format(**{name: path.replace("/", ".") for name, path in files.items()}))
    assert [row[:2] for row in told] == [row[:2] for row in asked]
    np.testing.assert_allclose([row[2] for row in told], [row[2] for row in asked], rtol=1e-12)
    heads = f"SELECT max(len(weights)), sum(len(weights)) FROM '{exported}/model/attention/*.parquet'"
    asked = rows(study, "SELECT max(cardinality(weights)), sum(cardinality(weights)) FROM model.attention")
    assert [tuple(map(int, row)) for row in duckdb.sql(heads).fetchall()] == [tuple(map(int, row)) for row in asked]


def test_the_queries_of_the_manual_run_in_duckdb(exported: Path):
    text = (Path(__file__).resolve().parents[2] / "docs/how-to/export-and-import.md").read_text()
    queries = text.partition("```sql\n")[2].partition("```")[0].replace("'study/", f"'{exported}/").split(";")
    found = [duckdb.sql(query).fetchall() for query in queries if query.strip()]
    assert [len(rows) > 0 for rows in found] == [True, True]


def test_the_manifest_cites_and_every_column_says_what_it_means(study: Database, exported: Path, tmp_path: Path):
    told = verification.read(exported)
    assert [one["corpus"] for one in told["citations"]] == ["simulated"]
    assert [one["source"] for one in told["sources"]] == ["simulated_readers"]
    assert (exported / "sql/mart/model_summary.sql").is_file()
    schema = pq.read_schema(exported / "result/human_resemblance.parquet")
    assert all(schema.field(name).metadata[b"comment"] for name in schema.names)
    assert schema.metadata[b"comment"].startswith(b"One row per run, extraction, layer, measure and reader")
    write_export(study, tmp_path / "same")
    assert verification.read(tmp_path / "same") == told


@pytest.fixture(scope="module")
def exported(cluster: Any, study_template: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a study, not to be changed."""
    directory = tmp_path_factory.mktemp("export") / "out"
    with cloned(cluster, study_template) as database:
        write_export(database, directory)
    return directory


def cut_short(directory: Path) -> None:
    path = directory / "model/attention/extraction_1.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def change_a_byte(directory: Path) -> None:
    path = directory / "human/fixation.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def take_away(directory: Path) -> None:
    (directory / "stimulus/word.parquet").unlink()


def change_the_manifest(directory: Path) -> None:
    path = directory / "manifest.json"
    path.write_text(path.read_text().replace('"simulated"', '"mine"', 1))


def lead_out(directory: Path) -> None:
    told = verification.read(directory)
    told.pop("sha256")
    told["files"][0]["path"] = "../manifest.json"
    manifest.write(directory, told)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(cut_short, "extraction_1.parquet: is not as it was written", id="truncated"),
        pytest.param(change_a_byte, "fixation.parquet: is not as it was written", id="a byte changed"),
        pytest.param(take_away, "word.parquet: is missing", id="missing"),
        pytest.param(change_the_manifest, "manifest.json: is not as it was written", id="manifest changed"),
        pytest.param(lead_out, r"files\[0\].path is '../manifest.json'", id="path out of the folder"),
    ],
)
def test_a_damaged_export_is_refused_before_anything_is_loaded(
    new_database: Database, exported: Path, tmp_path: Path, damage: Any, said: str
):
    shutil.copytree(exported, tmp_path / "copy")
    damage(tmp_path / "copy")
    with pytest.raises(BadInput, match=said):
        load(new_database, tmp_path / "copy")
    assert count(new_database, "stimulus.corpus") == 0


def test_a_folder_without_a_manifest_is_no_export(new_database: Database, tmp_path: Path):
    with pytest.raises(MissingInput, match=r"manifest\.json, which an export writes last"):
        load(new_database, tmp_path)


def test_a_folder_that_holds_something_is_not_written_to(study: Database, tmp_path: Path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(BadInput, match="holds something"):
        write_export(study, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(BadInput, match="cannot be written"):
        write_export(study, tmp_path / "mine.txt" / "below")


def test_unknown_runs_and_corpora_are_refused_by_name(study: Database, tmp_path: Path):
    with pytest.raises(UnknownName, match="no such corpus"):
        write_export(study, tmp_path / "out", corpora=("simulate",))
    with pytest.raises(UnknownName, match="no such run of an analysis"):
        write_export(study, tmp_path / "out", runs=(99,))
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_was_computed_here_stands_and_the_other_is_told(
    study: Database, elsewhere: Database, exported: Path, tmp_path: Path
):
    with study.connect() as connection:
        connection.execute("UPDATE ops.unit SET fingerprint = 'of mine' WHERE unit_key LIKE '%%large%%/L1%%'")
    before = count(study, "result.human_resemblance")
    tally = load(study, exported)
    assert (tally.inserted, tally.rejected) == (0, changed(study))
    assert count(study, "result.human_resemblance") == before


def changed(study: Database) -> int:
    return int(rows(study, "SELECT count(*) FROM ops.unit WHERE fingerprint = 'of mine'")[0][0])


def test_other_attention_under_the_same_name_is_refused_before_anything_is_loaded(study: Database, exported: Path):
    with study.connect() as connection:
        connection.execute("UPDATE model.extraction SET digest = 'of mine' WHERE extraction_id = 2")
    runs = count(study, "ops.unit")
    with pytest.raises(StoredDiffers, match="stored is of mine"):
        load(study, exported)
    assert count(study, "ops.unit") == runs


@pytest.mark.parametrize("moment", [1, 4, 7])
def test_an_import_that_is_interrupted_goes_on_where_it_stopped(
    elsewhere: Database, exported: Path, moment: int, monkeypatch: pytest.MonkeyPatch
):
    from warehouse.ledger import unit_records

    recorded, seen = unit_records.record_unit, []

    def stopping(*given: Any, **named: Any) -> int:
        seen.append(given)
        if len(seen) == moment * 4:
            raise KeyboardInterrupt
        return recorded(*given, **named)

    monkeypatch.setattr(unit_records, "record_unit", stopping)
    with pytest.raises(KeyboardInterrupt):
        load(elsewhere, exported)
    monkeypatch.undo()
    load(elsewhere, exported)
    for name in (
        "human.fixation",
        "human.saccade",
        "model.attention",
        "result.human_resemblance",
        "result.noise_ceiling",
    ):
        assert count(elsewhere, name) == exported_rows(exported)[name], name


def exported_rows(directory: Path) -> dict[str, int]:
    told = json.loads((directory / "manifest.json").read_text())
    found: dict[str, int] = {}
    for file in told["files"]:
        if file["table"]:
            found[file["table"]] = found.get(file["table"], 0) + file["rows"]
    return found


def test_an_embargo_goes_along_with_what_it_hides(study: Database, elsewhere: Database, tmp_path: Path):
    until = date.today() + timedelta(days=400)
    embargoes.impose(study, "group", "L2", until, [])
    embargoes.impose(study, "extraction", "simulated-large", until, [])
    write_export(study, tmp_path / "out")
    load(elsewhere, tmp_path / "out")
    assert [(one.kind, one.name) for one in embargoes.list_embargoes(elsewhere)] == [
        ("group", "L2"),
        ("extraction", "simulated-large/plain/raw/simulated"),
    ]
    name = f"reader_{uuid4().hex[:8]}"
    reader = Database(roles.grant(elsewhere, name, "reader"))
    try:
        assert {row[0] for row in rows(reader, "SELECT DISTINCT language_group FROM mart.human_resemblance")} == {"L1"}
        assert "simulated-large" not in {row[0] for row in rows(reader, "SELECT model FROM mart.human_resemblance")}
    finally:
        roles.revoke(elsewhere, name)


def test_a_reader_who_might_not_see_an_embargo_cannot_export(study: Database, tmp_path: Path):
    name = f"reader_{uuid4().hex[:8]}"
    reader = Database(roles.grant(study, name, "reader"))
    try:
        with pytest.raises(
            DatabaseUnavailable, match=r"does not allow this role to do what exporting needs.*ask its owner"
        ):
            write_export(reader, tmp_path / "out")
    finally:
        roles.revoke(study, name)
    assert list(tmp_path.iterdir()) == []
