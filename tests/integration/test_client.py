"""The warehouse from Python: frames, arrays and commands, as a notebook uses them."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import warehouse
from tests.conftest import STUDY, cloned
from warehouse.client import Warehouse
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, SchemaMismatch, UnknownName

pandas = pytest.importorskip("pandas", reason="the extra [notebook] is not installed")
MODEL, GROUP = "simulated-large", "L1"


@pytest.fixture(scope="module")
def wh(cluster: EmbeddedServer, study_template: str) -> Iterator[Warehouse]:
    with cloned(cluster, study_template) as database, warehouse.connect(database.dsn) as opened:
        yield opened


def test_a_view_arrives_with_its_types(wh: Warehouse):
    found = wh.frame("layer_curve", model=MODEL, language_group=GROUP)
    assert found["layer"].tolist() == sorted(found["layer"]) == list(range(len(found)))
    assert [str(found[name].dtype) for name in ("layer", "r2", "model")] == ["int64", "float64", "object"]
    assert all(isinstance(value, tuple) for value in found["usage_warnings"])
    assert found["leave_out"].tolist() == [[]] * len(found)
    pandas.testing.assert_frame_equal(found, wh.frame("mart.layer_curve", model=[MODEL], language_group=GROUP))


def test_a_warehouse_says_where_it_is_and_not_by_which_password(wh: Warehouse):
    assert re.fullmatch(r"<Warehouse in [\w.]+:\d+/\w+, reads only>", repr(wh))


def test_nulls_keep_numbers_whole_and_arrays_are_arrays(wh: Warehouse):
    found = wh.frame(
        "SELECT * FROM (VALUES (1, ARRAY[1.5, NULL]::real[], true), (NULL, ARRAY[2, 3]::real[], NULL)) AS v (n, a, b)"
    )
    assert found["n"].dtype == "Int64"
    assert found["n"].tolist() == [1, pandas.NA]
    assert found["b"].dtype == "boolean"
    np.testing.assert_array_equal(found["a"][0], [1.5, np.nan])
    assert found["a"][1].dtype == np.float64


def test_a_query_takes_parameters_and_time_has_a_zone(wh: Warehouse):
    found = wh.frame("SELECT %(model)s AS model, now() AS at, 2.5::numeric AS x", model="x")
    assert found["model"].tolist() == ["x"]
    assert str(found["at"].dt.tz) == "UTC"
    assert found["x"].dtype == "float64"


def test_a_null_is_asked_for_by_none(wh: Warehouse):
    everything = wh.frame("mart.language_model")
    without = wh.frame("mart.language_model", base_model=None)
    assert len(without) == everything["base_model"].isna().sum()


@pytest.mark.parametrize("to", ["polars", "pyarrow"])
def test_the_same_in_other_libraries(wh: Warehouse, to: str):
    pytest.importorskip(to)
    query = "SELECT layer, r2, usage_warnings, NULL::integer[] AS nothing FROM mart.layer_curve ORDER BY r2"
    wanted, found = wh.frame(query), wh.frame(query, to=to)
    columns = found.to_dict(as_series=False) if to == "polars" else found.to_pydict()
    assert columns["layer"] == wanted["layer"].tolist()
    assert columns["r2"] == wanted["r2"].tolist()
    assert [tuple(each) for each in columns["usage_warnings"]] == wanted["usage_warnings"].tolist()
    assert columns["nothing"] == [None] * len(wanted)


def test_a_layer_and_readers_stand_at_the_same_pairs_and_give_the_stored_r2(wh: Warehouse):
    layer, readers = wh.layer(MODEL, 0), wh.readers("saccade_count/consecutive", GROUP)
    assert layer.pairs.equals(readers.pairs)
    assert layer.values.shape == (len(layer.pairs), len(layer.columns))
    x = np.column_stack([np.ones(len(layer.values)), layer.values])
    y = readers.values[:, 0]
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    (stored,) = wh.frame(
        "mart.human_resemblance", model=MODEL, layer=0, language_group=GROUP, measure="saccade_count/consecutive",
        subject_label=readers.columns[0],
    )["r2"]  # fmt: skip
    assert 1 - residual @ residual / ((y - y.mean()) @ (y - y.mean())) == pytest.approx(stored, abs=1e-12)


def test_attention_of_a_sentence_is_that_of_the_cells(wh: Warehouse):
    cells = wh.layer(MODEL, 1)
    label = cells.pairs["sentence_label"][0]
    of_sentence = (cells.pairs["sentence_label"] == label).to_numpy()
    weights = wh.attention(MODEL, label)
    rows, columns = cells.pairs["from_word"][of_sentence], cells.pairs["to_word"][of_sentence]
    np.testing.assert_array_equal(weights[1][:, rows, columns].T, cells.values[of_sentence])
    assert weights.dtype == np.float32


def test_reading_measures_are_the_view(wh: Warehouse):
    assert len(wh.reading_measures(language_group=GROUP)) == len(wh.frame("reading_measure", language_group=GROUP))


def test_it_computes_only_what_is_missing_and_only_where_it_may(study: Database):
    with warehouse.connect(study.dsn, write=True) as wh:
        done = wh.compute("human-resemblance", measure="count", rule="consecutive")
        assert [tally.inserted for tally in done.values()] == [0] * len(done)
        assert not any(plan.todo for plan in wh.plan("human_resemblance", measure="count", rule="consecutive"))
        assert wh.ingest("simulated-readers", readers=4).inserted == 0
    assert STUDY == {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}


def test_a_model_is_scored_in_one_call_and_its_row_comes_again(study: Database, tmp_path: Path):
    pytest.importorskip("torch", reason="the extra [extract] is not installed")
    from ingest.attention.untrained import save_untrained

    save_untrained(tmp_path / "tiny", ["it is cold ."], 2, 2, seed=1)
    with warehouse.connect(study.dsn, write=True) as wh:
        first = wh.score(str(tmp_path / "tiny"), "simulated", device="cpu")
        assert set(first["model"]) == {"tiny"}
        assert set(first["language_group"]) == {"L1", "L2"}
        assert first["resemblance"].gt(0).all() and first["nested_resemblance"].notna().all()
        pandas.testing.assert_frame_equal(first, wh.score(str(tmp_path / "tiny"), "simulated", device="cpu"))


def test_threads_share_a_warehouse_and_each_gets_its_answer(study: Database):
    with warehouse.connect(study.dsn) as wh, ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda n: wh.frame("SELECT %(n)s::integer AS n", n=n)["n"].tolist(), range(40))
        assert list(answers) == [[n] for n in range(40)]
        (count,) = wh.frame("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()")["n"]
    assert count == 1


def test_what_is_chosen_is_found_by_the_server_and_missed_with_what_is_near(wh: Warehouse):
    with pytest.raises(UnknownName, match="'SIMULATED-LARGE': no such model; did you mean 'simulated-large'"):
        wh.layer("SIMULATED-LARGE", 0)
    with pytest.raises(UnknownName, match="'noise': no such condition; known: plain"):
        wh.layer(MODEL, 0, condition="noise")
    with pytest.raises(UnknownName, match="'Simulated': no such corpus; did you mean 'simulated'"):
        wh.layer(MODEL, 0, corpus="Simulated")
    with pytest.raises(UnknownName, match=r"'modus': no such column of slice\.extraction"):
        wh.layer(MODEL, 0, modus="raw")
    with pytest.raises(UnknownName, match="no such measure; did you mean 'saccade_count/first_three' or"):
        wh.readers("saccade_count", GROUP)


def test_bad_questions_get_one_sentence(wh: Warehouse, empty_database: Database):
    with pytest.raises(UnknownName, match=r"'mart.layer_curves': no such view; did you mean 'mart.layer_curve'"):
        wh.frame("layer_curves")
    with pytest.raises(UnknownName, match=r"'modell': no such column of layer_curve; did you mean 'model'"):
        wh.frame("layer_curve", modell=MODEL)
    with pytest.raises(UnknownName, match=r"'simulated-larg': no such model; did you mean"):
        wh.layer("simulated-larg", 0)
    with pytest.raises(UnknownName, match="'99': no such layer; known: 0, 1"):
        wh.layer(MODEL, 99)
    with pytest.raises(UnknownName, match="'x': no such sentence; known"):
        wh.attention(MODEL, "x")
    with pytest.raises(BadInput, match="'excel' is not a kind of frame"):
        wh.frame("layer_curve", to="excel")
    with pytest.raises(BadInput, match=r"syntax error"):
        wh.frame("SELEC 1")
    with pytest.raises(BadInput, match=r"was opened to read only"):
        wh.compute("human_resemblance")
    with pytest.raises(SchemaMismatch):
        warehouse.connect(empty_database.dsn)


def test_a_figure_of_the_report_is_a_chart(wh: Warehouse):
    pytest.importorskip("altair", reason="the extra [notebook] is not installed")
    chosen = {"corpus": "simulated", "measure": "saccade_count/consecutive"}
    spec = wh.chart("layer_curve", **chosen, series=[MODEL]).to_dict()
    points = [point for panel in spec["concat"] for point in panel["data"]["values"]]
    curve = wh.frame("layer_curve", model=MODEL, measure=chosen["measure"])
    told = sorted(point["y"] for point in points if "in-sample" in point["panel"])
    np.testing.assert_allclose(told, sorted(100 * curve["resemblance"]))
    with pytest.raises(UnknownName, match="figure"):
        wh.chart("claim")
    with pytest.raises(UnknownName, match="column of layer_curve"):
        wh.chart("layer_curve", colour="red")
    with pytest.raises(BadInput, match="has nothing to show"):
        wh.chart("layer_curve", corpus="none")


def test_nothing_can_be_written_through_it(wh: Warehouse):
    with pytest.raises(BadInput, match="read-only"):
        wh.frame("DELETE FROM ops.run RETURNING run_id")


def test_it_closes_and_opens_again(wh: Warehouse):
    wh.close()
    assert wh.frame("SELECT 1 AS one")["one"].tolist() == [1]


def test_the_page_on_notebooks_does_what_it_says(wh: Warehouse, monkeypatch: pytest.MonkeyPatch):
    page = (Path(__file__).resolve().parents[2] / "docs/how-to/notebook.md").read_text()
    monkeypatch.setattr(warehouse, "connect", lambda: wh)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, names)
    stored = wh.frame(
        "human_resemblance", model=MODEL, layer=0, language_group=GROUP, measure="saccade_count/consecutive"
    )
    by_reader = dict(zip(stored["subject_label"], stored["r2"], strict=True))
    np.testing.assert_allclose(names["r2"], [by_reader[reader] for reader in names["readers"].columns], atol=1e-12)


NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs/notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_finds_what_is_stored(wh: Warehouse, path: Path, monkeypatch: pytest.MonkeyPatch):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")
    monkeypatch.setattr(warehouse, "connect", lambda: wh)
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{path.name}, {cell['id']}", "exec"), names)
    if path.stem == "readers":
        assert names["by_hand"] == pytest.approx(names["ceilings"]["ceiling"]["leave_one_out"], abs=1e-12)
    else:
        assert names["r2"].mean() == pytest.approx(names["stored"], abs=1e-12)


def test_the_questions_in_r_can_be_asked(wh: Warehouse):
    text = (NOTEBOOKS[0].parent / "readers.R").read_text(encoding="utf-8")
    queries = re.findall(r'"(SELECT [^"]+)"', text)
    assert len(queries) == 5
    for query in queries:
        asked = re.sub(r"\$(\d)", r"%(p\1)s", query)
        values = {"p1": "simulated", "p2": GROUP, "p3": "saccade_count/consecutive", "p4": MODEL}
        assert len(wh.frame(asked, **{name: value for name, value in values.items() if f"%({name})" in asked})) > 0
