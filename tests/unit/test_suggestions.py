"""Names that were likely meant, and what is said of a path that is not there."""

from pathlib import Path

import pytest

from warehouse.errors import MissingInput, UnknownName
from warehouse.suggestions import near_names

KNOWN = ["gpt2-large", "GPT2-Large-tuned", "llama-7b", "mart.layer_curve", "saccade_count/first_three"]


@pytest.mark.parametrize(
    ("given", "near"),
    [
        pytest.param("GPT2-LARGE", ["gpt2-large"], id="case"),
        pytest.param("mart.layer-curve", ["mart.layer_curve"], id="hyphen"),
        pytest.param("gpt2-lagre", ["gpt2-large", "GPT2-Large-tuned"], id="spelling"),
        pytest.param("lla", ["llama-7b"], id="beginning"),
        pytest.param("Saccade_Count", ["saccade_count/first_three"], id="beginning in another case"),
        pytest.param("models/llama-7b", ["llama-7b"], id="end"),
        pytest.param("ll", [], id="too short for a beginning"),
        pytest.param("opt-13b", [], id="nothing like it"),
    ],
)
def test_names_are_near_in_any_case(given: str, near: list[str]) -> None:
    assert near_names(given, KNOWN) == near


def test_numbers_are_listed_by_their_size() -> None:
    assert "known: 0, 2, 10" in str(UnknownName("layer", "77", ["0", "10", "2"]))


def test_an_unknown_name_is_told_with_those_near_it_and_of_thousands_the_first() -> None:
    many = [f"model-{number:04}" for number in range(1000)]
    said = str(UnknownName("model", "MODEL-0007", many))
    assert said.startswith("'MODEL-0007': no such model; did you mean 'model-0007'? Known: model-0000, model-0001,")
    assert said.endswith("model-0039 and 960 more.")
    assert str(UnknownName("model", "x", [])) == "'x': no such model; no model is loaded yet."


def test_a_path_that_is_not_there_is_no_such_file(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert str(MissingInput(missing, "table")) == f"{missing}: no such file or directory; check the path."
    assert str(MissingInput(tmp_path, "table")) == f"{tmp_path}: holds no table; check the path."
    assert str(MissingInput("The command", "file")) == "The command: holds no file; check the path."
