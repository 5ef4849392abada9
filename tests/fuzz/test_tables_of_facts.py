"""Facts of a model and study files (TOML), and the words that options are made of: jobs or a sentence."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.attention.jobs import parse_layers, study
from ingest.attention.prefixes import Condition, resolve_condition
from ingest.attention_arrays.facts import model_facts
from tests.fuzz.damage import any_bytes
from tests.fuzz.trial import attempt, inputs
from warehouse.errors import WarehouseError

FACTS = b'family = "toy"\nstage = "tuned"\nbase_model = "tiny"\nlayer_count = 3\nparameters = 5_000\n'
STUDY = b"""corpus = "reading_brain"
method = ["raw", "rollout"]
dtype = "float32"

[[model]]
checkpoint = "some/model"
model = "some"
condition = ["plain", "translate"]
batch_tokens = 1024

[[model]]
checkpoint = "other"
stage = "tuned"
base_model = "some"
layers = "0-3,7"
"""
KNOWN = {"plain": Condition("plain", "", "The sentence alone"), "noise": Condition("noise", "Some words.", "Random")}


@inputs(300)
@given(content=any_bytes(FACTS))
@example(content=b"a = " + b"[" * 5000)
@example(content=b"a." * 5000 + b"a = 1")
@example(content=b"layer_count = 0x" + b"f" * 5000)
@example(content=b"parameters = 0x" + b"f" * 17 + b'\nfamily = "a"\nstage = "tuned"\nlayer_count = 2')
@example(content=FACTS.replace(b"toy", b"to\\u0000y"))
def test_facts_are_read_or_refused(place: Path, content: bytes) -> None:
    path = place / "facts.toml"
    path.write_bytes(content)
    found = attempt("facts (TOML)", lambda: model_facts("some", {}, path))
    if not isinstance(found, WarehouseError):
        assert 0 < found["layer_count"] < 2**15
        assert found["parameter_count"] is None or 0 < found["parameter_count"] < 2**63
        assert not any("\0" in value for value in found.values() if isinstance(value, str))


@inputs(300)
@given(content=any_bytes(STUDY))
@example(content=b"[[model]]\nmodel = " + b"[" * 5000)
@example(content=b"model = [1, 2]")
@example(content=STUDY.replace(b'"reading_brain"', b"7"))
@example(content=STUDY.replace(b'["raw", "rollout"]', b"7"))
@example(content=STUDY.replace(b'["plain", "translate"]', b'[["plain"], {a = 1}]'))
@example(content=STUDY.replace(b"1024", b"true"))
@example(content=STUDY.replace(b"some/model", b"\\u0000"))
@example(content=STUDY.replace(b"some/model", b"x" * 300))
@example(content=STUDY.replace(b"\nmodel =", b"\nname =").replace(b"checkpoint =", b"model ="))
def test_a_study_file_is_read_or_refused(place: Path, content: bytes) -> None:
    path = place / "study.toml"
    path.write_bytes(content)
    found = attempt("study (TOML)", lambda: study(path))
    if isinstance(found, WarehouseError):
        return
    corpus, jobs = found
    assert corpus is None or isinstance(corpus, str)
    for job in jobs:
        words = (*job.condition, *job.method, job.checkpoint, job.model, job.layers)
        assert all(isinstance(word, str) for word in words)
        assert type(job.batch_tokens) is int


LAYERS = st.one_of(
    st.text(max_size=20), st.text("0123456789-, ", max_size=20), st.lists(st.integers(-2, 2**70)).map(str),
    st.builds("{}-{},{}".format, st.integers(-2, 9), st.integers(-2, 2**70), st.integers(-2, 9)),
)  # fmt: skip


@inputs(300)
@given(text=LAYERS)
@example(text="0-99999999999")
@example(text="9" * 5000)
@example(text="0-3,\u0663")
def test_layers_are_chosen_or_refused(text: str) -> None:
    found = attempt("layers", lambda: parse_layers(text, 6))
    if not isinstance(found, WarehouseError):
        assert found
        assert set(found) <= set(range(6))


@inputs(300)
@given(text=st.text(max_size=30) | any_bytes(b"name=some text").map(lambda raw: raw.decode("utf-8", "replace")))
def test_a_condition_is_named_or_refused(text: str) -> None:
    found = attempt("condition", lambda: resolve_condition(text, KNOWN))
    if not isinstance(found, WarehouseError):
        assert found.name
        assert found.name == "plain" or found.prefix


@pytest.mark.parametrize("read", [lambda path: model_facts("some", {}, path), study], ids=["facts", "study"])
@pytest.mark.parametrize("kind", ["directory", "pipe", "absent", "too long a name", "too large"])
def test_what_is_no_file_is_refused_and_not_waited_for(place: Path, read, kind: str) -> None:  # type: ignore[no-untyped-def]
    import os

    path = place / (kind if kind != "too long a name" else "x" * 300)
    if kind == "directory":
        path.mkdir(exist_ok=True)
    elif kind == "pipe" and not path.exists():
        os.mkfifo(path)
    elif kind == "too large":
        path.write_bytes(b"#" * 2**21)
    assert isinstance(attempt("paths of TOML", lambda: read(path)), WarehouseError)
