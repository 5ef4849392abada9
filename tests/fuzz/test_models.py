"""Folders of models: whatever configuration, weights and tokenizer hold, a model is loaded or refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.damage import any_bytes
from tests.fuzz.trial import attempt, inputs
from warehouse.errors import WarehouseError

pytest.importorskip("torch", reason="the extra [extract] is not installed")
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


@pytest.fixture(scope="module")
def sound(place: Path) -> dict[str, bytes]:
    """The files of a small Llama."""
    from ingest.attention.untrained import save_untrained

    save_untrained(place / "sound", ["A few words.", "And some more."], 2, 2, 7)
    return {path.name: path.read_bytes() for path in (place / "sound").iterdir()}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What transformers warns of is not what is tried here."""
    import warnings

    from transformers.utils import logging

    logging.set_verbosity_error()
    with warnings.catch_warnings(action="ignore"):
        yield


def read(folder: Path) -> dict[str, Any]:
    """Go the way of an extraction up to the loaded model."""
    from ingest.attention.loading import find_checkpoint, load, load_tokenizer, model_facts

    checkpoint = find_checkpoint(str(folder), None)
    facts = model_facts(checkpoint)
    load_tokenizer(checkpoint)
    load(checkpoint, "cpu", "float32")
    load.cache_clear()
    return {"context": checkpoint.context_length, **facts}


def tried(place: Path, sound: dict[str, bytes], name: str, content: bytes) -> None:
    folder = place / "model"
    folder.mkdir(exist_ok=True)
    for file, whole in {**sound, name: content}.items():
        (folder / file).write_bytes(whole)
    found = attempt(f"model: {name}", lambda: read(folder), seconds=20, mb=300)
    if not isinstance(found, WarehouseError):
        assert 0 < found["layer_count"] <= 10_000
        assert 0 < found["head_count"] <= 10_000


VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 9), st.sampled_from([10**6, 2**31, 2**70, -1, 0]), st.floats(),
    st.text(max_size=9), st.lists(st.integers(0, 3), max_size=2), st.dictionaries(st.text(max_size=4), st.integers()),
)  # fmt: skip


@inputs(8, shrinks=False)
@given(data=st.data())
@example(data=None)
def test_a_configuration_of_other_values_is_read_or_refused(
    place: Path, sound: dict[str, bytes], data: st.DataObject | None
) -> None:
    told = json.loads(sound["config.json"])
    if data is None:
        told["num_hidden_layers"] = 10**6
    else:
        for key in data.draw(st.lists(st.sampled_from(sorted(told)), min_size=1, max_size=2)):
            told[key] = data.draw(VALUE)
    tried(place, sound, "config.json", json.dumps(told).encode())


@inputs(8, shrinks=False)
@given(name=st.sampled_from(FILES), data=st.data())
def test_a_damaged_file_of_a_model_is_read_or_refused(
    place: Path, sound: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    tried(place, sound, name, data.draw(any_bytes(sound[name][:3000])) + sound[name][3000:])


HEADER = st.integers(0, 2**64 - 1).map(lambda size: size.to_bytes(8, "little") + b"{}")


@inputs(8, shrinks=False)
@given(content=st.one_of(st.just(b"[" * 3000), st.binary(max_size=20), HEADER))
def test_weights_of_any_header_are_refused(place: Path, sound: dict[str, bytes], content: bytes) -> None:
    tried(place, sound, "model.safetensors", content)
