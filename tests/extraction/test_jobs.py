"""What is asked for: study files, conditions, and the door that opens without torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.attention import attention
from ingest.attention.jobs import Job, study
from ingest.attention.prefixes import Condition, resolve_condition
from warehouse.errors import BadInput, MissingInput, UnknownName
from warehouse.plugin.registry import parameters

STUDY = """
corpus = "reading_brain"
dtype = "bfloat16"
condition = ["plain", "translate"]

[[model]]
checkpoint = "llama-7b"

[[model]]
checkpoint = "hub/vicuna-7b"
model = "vicuna"
stage = "tuned"
base_model = "llama-7b"
condition = "plain"
dtype = "float32"
"""
KNOWN = {"plain": Condition("plain", "", "The sentence alone")}


def rows_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(text)
    return path


def test_keys_at_the_top_hold_for_every_model_that_does_not_say_otherwise(tmp_path: Path) -> None:
    corpus, (llama, vicuna) = study(rows_of(tmp_path, STUDY))
    assert corpus == "reading_brain"
    assert llama == Job("llama-7b", condition=("plain", "translate"), dtype="bfloat16")
    assert vicuna.condition == ("plain",)
    assert (vicuna.warehouse_name, vicuna.dtype, vicuna.stage, vicuna.base_model) == (
        "vicuna", "float32", "tuned", "llama-7b",
    )  # fmt: skip


def test_a_directory_beside_the_study_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "llama-7b").mkdir()
    _, (llama, _) = study(rows_of(tmp_path, STUDY))
    assert llama.checkpoint == str(tmp_path / "llama-7b")
    assert llama.warehouse_name == "llama-7b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model = [", "is not TOML"),
        ('corpus = "x"', "it lists no models"),
        ('[[model]]\ndtype = "float32"', "model 1: it names no checkpoint"),
        ('[[model]]\ncheckpoint = "x"\ncolour = 1', "model x: 'colour' is not a key of a study file"),
        ('[[model]]\ncheckpoint = "x"\ndtype = "float8"', "'float8' is not a dtype"),
        ('[[model]]\ncheckpoint = "x"\nmethod = "magic"', "'magic' is not a method"),
        ('[[model]]\ncheckpoint = "x"\nbatch_tokens = "many"', "batch_tokens is 'many'"),
        ('[[model]]\ncheckpoint = "x"\nbase_model = "y"', "a model with a base model is a tuned one"),
        ('[[model]]\ncheckpoint = "x"\nmethod = "value-zeroing"\ndtype = "float16"', "value zeroing compares outputs"),
    ],
    ids=["toml", "empty", "no model", "key", "dtype", "method", "type", "stage", "value zeroing"],
)
def test_a_study_file_that_cannot_be_used_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        study(rows_of(tmp_path, text))


def test_a_study_file_in_former_words_is_understood(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    former = STUDY.replace("\nmodel =", "\nname =").replace("\ncheckpoint =", "\nmodel =")
    with caplog.at_level("INFO", logger="warehouse"):
        assert study(rows_of(tmp_path, former)) == study(rows_of(tmp_path, STUDY))
    assert [told.getMessage().partition(",")[0] for told in caplog.records] == [
        "A study file's model is called checkpoint now"
    ]


def test_a_missing_study_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no such file or directory"):
        study(tmp_path / "study.toml")


def test_a_stored_condition_is_known_by_name_and_a_new_one_by_its_text() -> None:
    assert resolve_condition("plain", KNOWN) is KNOWN["plain"]
    assert resolve_condition("ask=What is this?", KNOWN).prefix == "What is this?"


def test_an_unknown_condition_names_those_that_are_known() -> None:
    with pytest.raises(UnknownName, match="plain"):
        resolve_condition("plane", KNOWN)


@pytest.mark.parametrize("given", ["plain=Something", "=text", "name="])
def test_a_condition_that_contradicts_or_lacks_a_side_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="--condition"):
        resolve_condition(given, KNOWN)


def test_either_a_model_or_a_study_is_asked_for() -> None:
    with pytest.raises(BadInput, match="give one of --checkpoint and --study"):
        next(attention(stored=None))  # type: ignore[arg-type]


def test_a_missing_extra_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.attention.find_spec", lambda name: None if name == "torch" else name)
    with pytest.raises(BadInput, match=r"torch are not installed; install them with: pip install .*\[extract\]"):
        next(attention(stored=None))  # type: ignore[arg-type]


def test_every_option_is_a_field_of_a_job() -> None:
    options = set(parameters(attention)) - {"stored", "study", "corpus"}
    assert options == set(Job.__dataclass_fields__)


def test_declaring_the_source_loads_no_torch() -> None:
    code = "import sys, ingest.attention; print(sorted({'torch', 'transformers', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
