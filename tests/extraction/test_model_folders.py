"""Folders of models that lie: each is refused in one sentence, before anything of it runs or never ends."""

import json
import os
import pickle
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from ingest.attention import folder as folders
from ingest.attention import tokenizer_trial
from ingest.attention.extraction import extractions
from ingest.attention.jobs import Job
from tests.extraction.conftest import PLAIN
from warehouse.errors import BadInput, MissingInput
from warehouse.load.stored import Stimulus

SECONDS = 120
"""What one folder may take here, with all that is loaded: many run beside it."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small GPT-2 whose tokens are bytes."""
    path = tmp_path_factory.mktemp("model") / "tiny"
    vocabulary = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    vocabulary["<|endoftext|>"] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>").save_pretrained(path)
    torch.manual_seed(0)
    sizes = {"vocab_size": len(vocabulary), "n_positions": 64, "n_embd": 8, "n_layer": 2, "n_head": 2}
    config = GPT2Config(**sizes, bos_token_id=len(vocabulary) - 1, eos_token_id=len(vocabulary) - 1)
    GPT2LMHeadModel(config).save_pretrained(path)
    return path


@pytest.fixture
def model(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    path = tmp_path / "tiny"
    path.mkdir()
    for file in sound.iterdir():
        (path / file.name).write_bytes(file.read_bytes())
    return path


@pytest.fixture(autouse=True)
def ends() -> Iterator[None]:
    """Nothing goes on for ever."""

    def stop(*_: Any) -> None:
        raise TimeoutError("the folder did not end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


TEXT = ("Could humans live on Mars?", "it is so cold that we all stay here")


def extract(path: Path) -> int:
    """Go the whole way of an extraction; give the number of its pieces."""
    import numpy as np

    numbers = np.arange(2)
    words = tuple(tuple(text.split()) for text in TEXT)
    stimulus = Stimulus(1, "some", numbers, numbers * 0, numbers, ("a", "b"), TEXT, words)
    count = 0
    for extraction in extractions(Job(str(path), "tiny", device="cpu").checked("here"), stimulus, [PLAIN]):
        for piece in extraction.pieces:
            list(piece.contents())
            count += 1
        extraction.attest()
    return count


def configure(**values: Any) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        told = json.loads((path / "config.json").read_text())
        (path / "config.json").write_text(json.dumps({**told, **values}))

    return change


def header(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change the header of the weights, which stay as they are."""

    def act(path: Path) -> None:
        file = path / "model.safetensors"
        whole = file.read_bytes()
        size = struct.unpack("<Q", whole[:8])[0]
        told = json.loads(whole[8 : 8 + size])
        change(told)
        written = json.dumps(told).encode()
        file.write_bytes(struct.pack("<Q", len(written)) + written + whole[8 + size :])

    return act


def put(name: str, content: bytes) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        (path / name).unlink(missing_ok=True)
        (path / name).write_bytes(content)

    return act


def link(name: str, target: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        (path / name).unlink(missing_ok=True)
        (path / name).symlink_to(target)

    return act


def pipe(name: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        (path / name).unlink(missing_ok=True)
        os.mkfifo(path / name)

    return act


def bind(path: Path) -> None:
    home = Path.cwd()
    os.chdir(path)  # addresses are short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind("x.json")
    finally:
        os.chdir(home)


def tokenize(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        told = json.loads((path / "tokenizer.json").read_text())
        change(told)
        (path / "tokenizer.json").write_text(json.dumps(told))

    return act


def ids_beyond(told: dict[str, Any]) -> None:
    told["model"]["vocab"] = {piece: number + 5000 for piece, number in told["model"]["vocab"].items()}
    told["added_tokens"] = []


def giant_id(told: dict[str, Any]) -> None:
    told["model"]["vocab"]["zz"] = 2**31


def expression(pattern: str) -> Callable[[dict[str, Any]], None]:
    def act(told: dict[str, Any]) -> None:
        split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
        told["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [split, told["pre_tokenizer"]]}

    return act


def many(path: Path) -> None:
    for number in range(folders.MOST_FILES):
        (path / f"x{number:05}.safetensors").touch()


def index(file: str) -> Callable[[Path], None]:
    return put(folders.INDEX, json.dumps({"weight_map": {"transformer.wte.weight": file}}).encode())


def weights_elsewhere(path: Path) -> None:
    (path.parent / "other.safetensors").write_bytes((path / "model.safetensors").read_bytes())
    index("../other.safetensors")(path)


def unpickling(path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(path / "was_run"),)

    (path / "model.safetensors").unlink()
    (path / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))


def wide(told: dict[str, Any]) -> None:
    told["transformer.wte.weight"]["shape"] = [10**12, 8]


def overlapping(told: dict[str, Any]) -> None:
    first, second = [name for name in told if name != "__metadata__"][:2]
    told[second]["data_offsets"] = told[first]["data_offsets"]


def not_a_number(path: Path) -> None:
    file = path / "model.safetensors"
    whole = file.read_bytes()
    size = 8 + struct.unpack("<Q", whole[:8])[0]
    file.write_bytes(whole[:size] + b"\xff" * (len(whole) - size))


def folder_instead(path: Path) -> None:
    (path / "model.safetensors").unlink()
    (path / "model.safetensors").mkdir()


SLOW = "(([a-z ])+.)+[A-Z]([a-z ])+$"
LIES = [
    pytest.param(link("model.safetensors", "/dev/zero"), r"model\.safetensors: is not a regular file", id="no end"),
    pytest.param(link("config.json", "/dev/zero"), r"config\.json: is not a regular file", id="endless configuration"),
    pytest.param(link("chat_template.jinja", "/dev/zero"), r"jinja: is not a regular file", id="an endless template"),
    pytest.param(link("config.json", "/proc/kmsg"), "is not a regular file", id="a file of the kernel"),
    pytest.param(link("x.txt", "/proc/self/environ"), "is not a regular file", id="a file of the process"),
    pytest.param(link("x.json", "x.json"), "leads nowhere", id="a link to itself"),
    pytest.param(link("model.safetensors", "../../.git/annex/x"), "leads nowhere", id="a link of git-annex"),
    pytest.param(link("model.safetensors", "/etc/passwd"), "holds no weights", id="a link to another file"),
    pytest.param(pipe("extra.safetensors"), r"extra\.safetensors: is not a regular file", id="a pipe beside"),
    pytest.param(pipe("tokenizer_config.json"), "is not a regular file", id="a pipe of the tokenizer"),
    pytest.param(pipe("chat_template.jinja"), "is not a regular file", id="a pipe of no table"),
    pytest.param(bind, r"x\.json: is not a regular file", id="a socket"),
    pytest.param(folder_instead, "is not a regular file", id="a folder instead of weights"),
    pytest.param(many, "holds more than 2,000 files", id="thousands of files"),
    pytest.param(index("../../etc/passwd"), r"index\.json: names '\.\./\.\./etc/passwd'", id="an index that leads out"),
    pytest.param(weights_elsewhere, "which is not a file of weights here", id="an index of weights elsewhere"),
    pytest.param(index("/etc/passwd"), "which is not a file of weights here", id="an index of another place"),
    pytest.param(index("absent.safetensors"), "which is not a file of weights here", id="an index of what is missing"),
    pytest.param(put(folders.INDEX, b"[]"), "is not an index of weights", id="an index that is none"),
    pytest.param(put(folders.INDEX, b"[" * 10**5), "is not JSON", id="an index of brackets"),
    pytest.param(header(wide), "holds no weights", id="a shape beyond the file"),
    pytest.param(header(overlapping), "holds no weights", id="weights that overlap"),
    pytest.param(put("model.safetensors", b""), "holds no weights", id="no weights in it"),
    pytest.param(put("model.safetensors", b"\xff" * 7 + b"\x7f" + b"{}"), "holds no weights", id="an endless header"),
    pytest.param(put("config.json", b'{"a":' * 10**5), r"config\.json: is not JSON", id="a configuration of brackets"),
    pytest.param(put("config.json", b"[]"), "its configuration cannot be read", id="a list for a configuration"),
    pytest.param(put("config.json", b" " * (17 * 2**20)), "larger than 16 MiB", id="a configuration of 17 MiB"),
    pytest.param(put("tokenizer.json", b"[" * 10**5), "its tokenizer fails", id="a tokenizer of brackets"),
    pytest.param(put("adapter_config.json", b"{}"), "is an adapter", id="an adapter"),
    pytest.param(unpickling, "as pickles", id="pickles"),
    pytest.param(lambda path: (path / "model.safetensors").unlink(), "holds no", id="without weights"),
    pytest.param(not_a_number, "is not finite", id="weights that are not numbers"),
    pytest.param(header(lambda told: told.pop("transformer.h.1.attn.c_attn.weight")),
                 "holds no weights|lacks", id="a tensor less"),
    pytest.param(configure(n_layer=10**6), "more than 1,000", id="a million layers"),
    pytest.param(configure(n_embd=2**20), ".", id="other sizes"),
    pytest.param(configure(vocab_size=10**9), ".", id="a vocabulary of a billion"),
    pytest.param(configure(n_head=0), ".", id="no heads"),
    pytest.param(configure(n_head=7), ".", id="seven heads of eight numbers"),
    pytest.param(configure(n_layer=-3), "has -3 layers by its configuration", id="less than no layers"),
    pytest.param(configure(n_layer="two"), ".", id="two layers in words"),
    pytest.param(configure(n_positions=4), ".", id="four positions"),
    pytest.param(configure(model_type="evil", auto_map={"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}),
                 "its configuration cannot be read", id="code of its own"),
    pytest.param(tokenize(ids_beyond), "gives the id 5,[0-9]+ where the model has 257 tokens", id="ids beyond"),
    pytest.param(tokenize(giant_id), "has the token id 2,147,483,648", id="an id of two billions"),
    pytest.param(tokenize(expression(SLOW)), "its tokenizer (fails|does not end)", id="a catastrophic expression"),
    pytest.param(tokenize(expression("(")), "its tokenizer fails", id="a broken expression"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "told"), LIES)
def test_a_folder_that_lies_is_refused_in_one_sentence(
    model: Path, spoil: Callable[[Path], None], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokenizer_trial, "SECONDS", 15)
    spoil(model)
    with pytest.raises(BadInput, match=told) as refusal:
        extract(model)
    assert str(refusal.value).isprintable() and str(refusal.value).endswith(".")
    assert not (model / "was_run").exists()


def test_a_sound_folder_is_taken(model: Path) -> None:
    (model / "README.md").write_text("Beside.")
    (model / ".git").mkdir()
    (model / "elsewhere").mkdir()
    (model / "model.safetensors").rename(model / "elsewhere" / "0.bin")
    (model / "model.safetensors").symlink_to("elsewhere/0.bin")
    assert extract(model) == 1


def test_a_digest_is_taken_of_the_file_and_not_of_its_name(model: Path) -> None:
    from ingest.attention.loading import find_checkpoint

    honest = find_checkpoint(str(model), None)
    (model / "elsewhere").mkdir()
    (model / "model.safetensors").rename(model / "elsewhere" / ("0" * 64))
    (model / "model.safetensors").symlink_to("elsewhere/" + "0" * 64)
    assert find_checkpoint(str(model), None).files == honest.files
    named = model.rename(model.with_name("a" * 40))
    assert find_checkpoint(str(named), None).revision == honest.revision


def test_a_tokenizer_without_end_is_ended(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer_trial, "SECONDS", 0.001)
    monkeypatch.setattr(tokenizer_trial, "SECONDS_A_TEXT", 0.0)
    with pytest.raises(BadInput, match="does not end within 0 s of reading the corpus"):
        tokenizer_trial.try_tokenizer(model, TEXT * 3, "tiny")


def test_a_folder_without_a_configuration_is_missing(model: Path) -> None:
    (model / "config.json").unlink()
    with pytest.raises(MissingInput, match=r"config\.json"):
        extract(model)
