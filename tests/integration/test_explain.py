"""From a number back to its run, inputs, exclusions and files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from warehouse import pipeline
from warehouse.cli import main
from warehouse.database.connection import Database
from warehouse.errors import BadInput, UnknownName
from warehouse.ledger.lookup import Number, writers_of
from warehouse.ledger.provenance import explain
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

ROW = {"model": "simulated-large", "language_group": "L1", "measure": "saccade_count/consecutive"}


def told(database: Database, relation: str, **given: str) -> list[dict[str, Any]]:
    with database.connect(read_only=True) as connection:
        return [explain(connection, number) for number in writers_of(connection, relation, given)]


def test_a_row_of_a_view_leads_to_its_unit(study: Database) -> None:
    (unit,) = told(study, "mart.model_summary", **ROW)
    assert unit["run"]["job"] == "compute human_resemblance"
    assert unit["unit"]["unit_key"] == "simulated/simulated-large/plain/raw/5/saccade_count/consecutive/L1"
    assert set(unit["read"]) == {"code", "parameters", "attention", "readers", "sentences"}
    assert [run["job"] for run in unit["stands_on"]] == ["compute noise_ceiling"]


def test_it_tells_who_was_left_out_and_why(study: Database) -> None:
    (unit,) = told(study, "mart.human_resemblance", **ROW, layer="2", subject_label="L1/sim-02")
    (group,) = unit["readers"]
    assert group["subject_count"] == 3
    assert [left["subject_label"] for left in group["left_out"]] == ["sim-01"]
    assert "planted" in group["left_out"][0]["source"]


def test_readers_lead_to_the_units_that_loaded_them(study: Database) -> None:
    (unit,) = told(study, "mart.model_summary", **ROW)
    found = {reader["subject_label"]: reader for reader in unit["readers"][0]["readers"]}
    assert set(found) == {"sim-02", "sim-03", "sim-04"}
    assert found["sim-02"]["job"] == "ingest simulated_readers"
    assert all(len(digest) == 64 for digest in found["sim-02"]["files"].values())


def test_attention_leads_to_its_files_with_their_digests(study: Database, tmp_path: Path) -> None:
    with study.connect(read_only=True) as connection:
        lengths = connection.execute(
            "SELECT article_position, array_agg(word_count ORDER BY sentence_position) "
            "FROM stimulus.sentence JOIN stimulus.article USING (article_id) GROUP BY 1 ORDER BY 1"
        ).fetchall()
    digests = _arrays(tmp_path, [counts for _, counts in lengths])
    facts = {"model": "tiny", "family": "made", "stage": "pretrained", "corpus": "simulated", "layer_count": 2}
    pipeline.ingest(study, sources()["attention_arrays"], [tmp_path], facts, Progress(quiet=True))
    chosen = {"model": ["tiny"], "quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
    pipeline.compute(study, "human_resemblance", chosen, progress=Progress(quiet=True))
    (unit,) = told(study, "mart.model_summary", **{**ROW, "model": "tiny"})
    (attention,) = unit["attention"]
    assert attention["files"] == digests
    assert attention["job"] == "ingest attention_arrays"
    with study.connect(read_only=True) as connection:
        seen = dict(
            connection.execute(
                "SELECT input_name, digest FROM mart.provenance "
                "WHERE run_id = %s AND unit_id = %s AND source_run_id IS NOT NULL",
                [unit["run"]["run_id"], unit["unit"]["unit_id"]],
            ).fetchall()
        )
    assert seen == digests


def test_a_run_is_explained_as_a_whole(study: Database, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--dsn", study.dsn, "explain", "1"])
    assert capsys.readouterr().out.startswith("1  ingest simulated_readers")
    main(["--dsn", study.dsn, "explain", "mart.model_summary", *(f"{k}={v}" for k, v in ROW.items()), "--json"])
    (unit,) = json.loads(capsys.readouterr().out)
    main(["--dsn", study.dsn, "explain", f"{unit['run']['run_id']}/{unit['unit']['unit_id']}"])
    text = capsys.readouterr().out
    assert unit["unit"]["unit_key"] in text
    assert "left out   sim-01" in text
    assert unit["read"]["readers"][:12] in text


def test_too_many_units_ask_for_more_columns(study: Database) -> None:
    with pytest.raises(BadInput, match=r"choose among them by .*layer"):
        told(study, "mart.human_resemblance", **ROW)


@pytest.mark.parametrize(
    ("relation", "given", "said"),
    [
        ("mart.nothing", {}, "no such table or view"),
        ("mart.model_summary", {"modell": "x"}, "did you mean 'model'"),
        ("mart.model_summary", {"model": "x"}, "no row has these values"),
    ],
    ids=["a view that is not there", "a column that is not there", "a row that is not there"],
)
def test_what_is_not_there_is_named(study: Database, relation: str, given: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        told(study, relation, **given)


def test_a_run_that_is_not_there_is_named(study: Database) -> None:
    with study.connect(read_only=True) as connection, pytest.raises(UnknownName, match="no such run"):
        explain(connection, Number(999))


def _arrays(folder: Path, lengths: list[list[int]]) -> dict[str, str]:
    """Write two layers of uniform attention over two heads; give the files' digests."""
    size, sentences = max(map(max, lengths)), max(map(len, lengths))
    digests = {}
    for layer in range(2):
        array = np.zeros((len(lengths), sentences, 2, size, size), dtype=np.float32)
        for article, counts in enumerate(lengths):
            for sentence, count in enumerate(counts):
                weights = np.tril(np.random.default_rng([layer, article, sentence]).random((2, count, count)) + 0.1)
                array[article, sentence, :, :count, :count] = 0.9 * weights / weights.sum(axis=-1, keepdims=True)
        path = folder / f"rb_p1_layer{layer}.npy"
        np.save(path, array)
        digests[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests
