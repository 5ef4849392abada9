"""Models from a directory or hub name: safetensors only, no code from the checkpoint, nothing left to chance."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_MASKED_LM_MAPPING_NAMES as MASKED,
)
from transformers.utils import logging as transformers_logging

from ingest.attention.capture import WITNESSED
from ingest.attention.folder import WANTED, check_folder, is_of_the_hub, read_json
from ingest.attention.tokens import require_offsets, require_vocabulary
from warehouse.errors import BadInput, MissingInput

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
MOST_LAYERS = 1000


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The files of a model; equal to itself only.

    Attributes
    ----------
    name : str
        As given: directory or hub name.
    path : Path
    revision : str
        The hub's commit, or for a directory the first 16 digits of the SHA-256 over its files.
    files : mapping of str to str
        Name to SHA-256, of weights, configuration and tokenizer.
    config : transformers.PretrainedConfig
    """

    name: str
    path: Path
    revision: str
    files: Mapping[str, str]
    config: Any

    @property
    def is_causal(self) -> bool:
        """True for decoders; of an encoder-decoder the encoder is taken.

        Raises
        ------
        BadInput
            For an architecture that is neither a decoder nor an encoder of text.
        """
        kind = self.config.model_type
        if getattr(self.config, "is_encoder_decoder", False):
            return False
        if kind in MASKED and not getattr(self.config, "is_decoder", False):
            return False
        if kind not in CAUSAL:
            raise BadInput(f"{kind!r} is no language model that transformers knows", self.name, "choose another")
        return True

    @property
    def vocabulary_size(self) -> int:
        """How many token ids the model has."""
        return int(self.config.get_text_config().vocab_size)

    @property
    def context_length(self) -> int | None:
        """Longest text in tokens; None where positions are relative and there is no limit."""
        length = getattr(self.config.get_text_config(), "max_position_embeddings", None)
        return None if length is None else int(length) - _position_offset(self.config)


@dataclass(frozen=True)
class Loaded:
    """A model and its tokenizer, ready for `engine.Engine`."""

    model: Any
    tokenizer: Any


def find_checkpoint(name: str, revision: str | None) -> Checkpoint:
    """Find a model's files, fetching them from the hub where `name` is no directory.

    Raises
    ------
    MissingInput
        If a directory holds no config.json.
    BadInput
        If something in the folder cannot be used (`folder.check_folder`), or the hub does not have or give the model.
    """
    path = Path(name).expanduser()
    if not path.is_dir():
        path = _fetched(name, revision)
    wanted, of_the_hub = check_folder(path, name), is_of_the_hub(path)
    files = {file.name: _sha256(file, of_the_hub) for file in wanted}
    found = path.name if of_the_hub and re.fullmatch(r"[0-9a-f]{40}", path.name) else _combined(files)[:16]
    read_json(path / "config.json")
    with foreign("its configuration cannot be read", name):
        config = AutoConfig.from_pretrained(path, local_files_only=True, trust_remote_code=False)
        _require_size(config, name)
    return Checkpoint(name, path, found, files, config)


def load_tokenizer(checkpoint: Checkpoint) -> Any:
    """Load the tokenizer; `BadInput` if it has no character offsets, or gives ids that no vocabulary has."""
    tokenizer = _loaded(AutoTokenizer, checkpoint, {})
    require_offsets(tokenizer, checkpoint.name)
    require_vocabulary(tokenizer, checkpoint.name)
    return tokenizer


@lru_cache(maxsize=1)
def load(checkpoint: Checkpoint, device: str, dtype: str) -> Loaded:
    """Load model and tokenizer onto a device, or over all devices (``split``); the last one loaded is kept.

    Raises
    ------
    BadInput
        If the files do not make a whole model, or it does not fit.
    """
    placed = {"device_map": "auto"} if device == "split" else {}
    options = {"dtype": DTYPES[dtype], "attn_implementation": WITNESSED, "use_safetensors": True, **placed}
    auto = AutoModelForCausalLM if checkpoint.is_causal else AutoModel
    model, report = _loaded(auto, checkpoint, options | {"output_loading_info": True})
    _require_whole(report, checkpoint.name)
    if device == "split":
        _require_no_offload(model, checkpoint.name)
    model = _attending(model, checkpoint)
    return Loaded((model if device == "split" else model.to(device)).eval(), load_tokenizer(checkpoint))


def model_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Give what a model is, as columns of `model.language_model`, without its weights.

    Of an encoder-decoder only the encoder is counted: what attends here.

    Raises
    ------
    BadInput
        If it has no attention heads.
    """
    auto = AutoModelForCausalLM if checkpoint.is_causal else AutoModel
    with foreign("its configuration makes no model", checkpoint.name), torch.device("meta"):
        model = _attending(auto.from_config(checkpoint.config, trust_remote_code=False), checkpoint)
    config = model.config.get_text_config()
    heads = getattr(config, "num_attention_heads", 0)
    if not heads:
        raise BadInput(f"{config.model_type!r} has no attention", checkpoint.name, "choose a transformer")
    return {
        "revision": checkpoint.revision,
        "family": checkpoint.config.model_type,
        "parameter_count": sum(p.numel() for p in model.parameters()),
        "layer_count": config.num_hidden_layers,
        "head_count": heads,
    }


def chosen_devices(device: str) -> list[str]:
    """Resolve ``auto`` and a list with commas; `BadInput` for a device that is not there."""
    if device == "auto":
        return ["cuda" if torch.cuda.is_available() else "cpu"]
    devices = device.split(",")
    for one in devices:
        _require_device(one, device)
    return devices


def _require_device(one: str, given: str) -> None:
    if not re.fullmatch(r"cpu|cuda(:[0-9]{1,3})?|split", one):
        raise BadInput(f"{one!r} is no device", f"--device {given}", "use cpu, cuda, cuda:0,cuda:1 or split")
    number = int(one.partition(":")[2] or 0)
    if one.startswith("cuda") and number >= torch.cuda.device_count():
        raise BadInput(f"{torch.cuda.device_count()} CUDA devices are to be seen", f"--device {given}", "use another")


def _attending(model: Any, checkpoint: Checkpoint) -> Any:
    return model.get_encoder() if getattr(checkpoint.config, "is_encoder_decoder", False) else model


_NO_REMOTE_CODE = "code that comes with a checkpoint is never run: choose a model that transformers itself knows"


def _fetched(name: str, revision: str | None) -> Path:
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise MissingInput(name, "model directory")
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=WANTED))
    except (OSError, ValueError) as error:
        what = f"no such directory, and the hub does not give it ({_first_line(error)})"
        raise BadInput(what, name, "check the name, and the revision, your access and the network") from error


transformers_logging.disable_progress_bar()  # the floor shows progress


def _loaded(auto: Any, checkpoint: Checkpoint, options: dict[str, Any]) -> Any:
    with foreign("it cannot be loaded", checkpoint.name):
        return auto.from_pretrained(checkpoint.path, local_files_only=True, trust_remote_code=False, **options)


@contextmanager
def foreign(what: str, name: str) -> Iterator[None]:
    """Turn what foreign files provoke in transformers into a sentence: its parsers raise whatever these hold."""
    try:
        yield
    except BadInput:
        raise
    except BaseException as error:
        # the parsers in Rust panic with a class that is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadInput(f"{what} ({_first_line(error)})", name, _NO_REMOTE_CODE) from error


def _require_size(config: Any, name: str) -> None:
    """Refuse more layers or experts than any model has: each is made, though without weights, before any is read."""
    for key, value in config.get_text_config().to_dict().items():
        if isinstance(value, int) and ("layer" in key or "expert" in key) and value > MOST_LAYERS:
            raise BadInput(f"its {key} is more than {MOST_LAYERS:,}", name, "correct its config.json")


def _require_whole(report: Mapping[str, Any], name: str) -> None:
    """Refuse weights that transformers would make up; a pooler is not used here and may be missing."""
    missing = sorted(key for key in report["missing_keys"] if "pooler" not in key)
    if missing:
        raise BadInput(f"the checkpoint lacks {len(missing)} weights, e.g. {missing[0]}", name, "get a whole one")


def _require_no_offload(model: Any, name: str) -> None:
    places = {str(place) for place in getattr(model, "hf_device_map", {}).values()}  # none: one device
    if "disk" in places or ("cpu" in places and len(places) > 1):
        raise BadInput("it does not fit into the devices' memory", name, "use more devices or a smaller dtype")


def _position_offset(config: Any) -> int:
    """Positions that RoBERTa's family sets aside."""
    return int(config.pad_token_id) + 1 if config.model_type in {"roberta", "xlm-roberta", "camembert"} else 0


def _sha256(file: Path, of_the_hub: bool) -> str:
    """Digest a file; the hub's cache names large ones by it."""
    blob = file.resolve().name
    if of_the_hub and re.fullmatch(r"[0-9a-f]{64}", blob):
        return blob
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _combined(files: Mapping[str, str]) -> str:
    return sha256("".join(f"{len(n)}:{n}{digest}" for n, digest in sorted(files.items())).encode()).hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0][:200]
