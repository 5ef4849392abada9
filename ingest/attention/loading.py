"""Models from a directory or hub name: safetensors only, no code from the checkpoint, nothing left to chance."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from transformers import AutoConfig, AutoTokenizer
from transformers.utils import logging as transformers_logging

from ingest.attention.access import Access, find_access, text_config
from ingest.attention.checkpoint import Checkpoint, resolve_part
from ingest.attention.expectation import tell_download, tell_expected
from ingest.attention.folder import WANTED, check_folder, is_in_hub_cache, read_json
from ingest.attention.gguf import SUFFIX, gguf_of
from ingest.attention.refusal import QUANTISED, explain_foreign_errors, first_line
from ingest.attention.tokenizer_rules import as_in_file
from ingest.attention.tokens import require_offsets, require_vocabulary
from warehouse.errors import BadInput, MissingInput

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
MOST_LAYERS = 1000


@dataclass(frozen=True)
class Loaded:
    """A model with the way to its attention and its tokenizer, ready for `engine.Engine`."""

    model: Any
    tokenizer: Any
    access: Access
    has_head: bool


def find_checkpoint(name: str, revision: str | None, part: str = "") -> Checkpoint:
    """Find a model's files, fetching them from the hub where `name` is not a directory.

    Raises
    ------
    MissingInput
        If a directory holds no config.json.
    BadInput
        If something in the folder cannot be used (`folder.check_folder`), or the hub does not have or give the model.
    """
    path = Path(name).expanduser()
    if not path.is_dir() and path.suffix != SUFFIX:
        path = _fetched(name, revision)
    path, gguf = gguf_of(path, name)
    wanted, of_the_hub = check_folder(path, name, gguf), is_in_hub_cache(path)
    files = {file.name: _sha256(file, of_the_hub) for file in wanted}
    found = path.name if of_the_hub and re.fullmatch(r"[0-9a-f]{40}", path.name) else _combined(files)[:16]
    options = {"gguf_file": gguf} if gguf else {}
    if not gguf:
        read_json(path / "config.json")
    with explain_foreign_errors("its configuration cannot be read", name):
        config = AutoConfig.from_pretrained(path, local_files_only=True, trust_remote_code=False, **options)
        _require_size(config, name)
    return Checkpoint(name, path, found, files, config, resolve_part(config, part, name), gguf)


@lru_cache(maxsize=1)
def load_tokenizer(checkpoint: Checkpoint) -> Any:
    """Load the tokenizer; `BadInput` if it has no character offsets, or gives ids that no vocabulary has."""
    with explain_foreign_errors("its tokenizer cannot be loaded", checkpoint.name):
        load_as = partial(_loaded, checkpoint=checkpoint)
        tokenizer = load_as(AutoTokenizer, options={})
        tokenizer = tokenizer if checkpoint.gguf else as_in_file(tokenizer, checkpoint.path, load_as)
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
    tell_expected(checkpoint, device, dtype)
    placed = {"device_map": "auto"} if device == "split" else {}
    options = {"dtype": DTYPES[dtype], "attn_implementation": "eager", **placed}
    options |= {} if checkpoint.gguf else {"use_safetensors": True}
    if getattr(checkpoint.config, "attention_type", None) == "block_sparse":
        options["attention_type"] = "original_full"  # what BigBird does itself for texts of up to some hundred tokens
    with explain_foreign_errors(_cannot(checkpoint), checkpoint.name, QUANTISED if checkpoint.quantised_by else None):
        model, report = _loaded(checkpoint.auto, checkpoint, options | {"output_loading_info": True})
    has_head = _require_whole(model, report["missing_keys"], checkpoint)
    if device == "split":
        _require_no_offload(model, checkpoint.name)
    model, tokenizer = _attending(model, checkpoint.part), load_tokenizer(checkpoint)
    model = (model if device == "split" else model.to(device)).eval()
    remedy = None if dtype == "float32" else "choose --dtype float32: not every architecture computes in others"
    with explain_foreign_errors(f"it does not read a short sentence in {dtype}", checkpoint.name, remedy):
        access = _access_of(model, tokenizer, checkpoint)
    _require_direction(access, checkpoint)
    return Loaded(model, tokenizer, access, has_head)


def _access_of(model: Any, tokenizer: Any, checkpoint: Checkpoint) -> Access:
    return find_access(model, tokenizer, checkpoint.name, checkpoint.part, checkpoint.context_length)


def _require_direction(access: Access, checkpoint: Checkpoint) -> None:
    """Refuse a decoder that sees later words, and one that does not and is said to: what is stored would be wrong."""
    if checkpoint.is_causal and access.sees_later:
        remedy = 'give "is_causal": false in its config.json if it was trained so'
        raise BadInput(
            "is a decoder by its configuration, and its tokens attend to later ones", checkpoint.name, remedy
        )
    if checkpoint.is_stated_bidirectional and access.sees_later is False:
        remedy = "leave is_causal and use_bidirectional_attention out of its config.json"
        raise BadInput("sees later words by its configuration, and does not", checkpoint.name, remedy)


def model_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Give what a model is, as columns of `model.language_model`, without its weights.

    Of an encoder-decoder only the encoder is counted: what attends here.

    Raises
    ------
    BadInput
        If it has no attention heads.
    """
    config, own = text_config(checkpoint.config, checkpoint.part), checkpoint.skeleton
    if checkpoint.part:
        own = own.get_encoder() if checkpoint.part == "encoder" else own.get_decoder()
    heads = getattr(config, "num_attention_heads", 0)
    if not isinstance(heads, int) or heads < 1:
        raise BadInput(f"{config.model_type!r} has no attention", checkpoint.name, "choose a transformer")
    return {
        "revision": checkpoint.revision,
        "family": f"{checkpoint.config.model_type} {checkpoint.part}".removesuffix(" encoder").strip(),
        "parameter_count": sum(p.numel() for p in own.parameters()),
        "layer_count": config.num_hidden_layers,
        "head_count": max(1, heads // getattr(config, "head_ratio", 1)),  # ConvBERT: the others are convolutions
    }


def _attending(model: Any, part: str) -> Any:
    return model.get_encoder() if part == "encoder" else model


def _fetched(name: str, revision: str | None) -> Path:
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise MissingInput(Path(name), "model directory")
    try:
        files = snapshot_download(name, revision=revision, allow_patterns=WANTED, dry_run=True)
        if missing := sum(file.file_size or 0 for file in files if file.will_download):
            tell_download(name, missing)
        return Path(snapshot_download(name, revision=revision, allow_patterns=WANTED))
    except (OSError, ValueError) as error:
        what = f"no such directory, and the hub does not give it ({first_line(error)})"
        raise BadInput(what, name, "check the name, and the revision, your access and the network") from error


transformers_logging.disable_progress_bar()  # the loader shows progress


def _cannot(checkpoint: Checkpoint) -> str:
    by = checkpoint.quantised_by
    return f"its weights are quantised by {by[:40]}, and cannot be loaded here" if by else "it cannot be loaded"


def _loaded(auto: Any, checkpoint: Checkpoint, options: dict[str, Any]) -> Any:
    own = {"gguf_file": checkpoint.gguf} if checkpoint.gguf else {}
    return auto.from_pretrained(checkpoint.path, local_files_only=True, trust_remote_code=False, **own, **options)


def _require_size(config: Any, name: str) -> None:
    """Refuse more layers or experts than any model has: each is made, though without weights, before any is read."""
    count = getattr(config.get_text_config(), "num_hidden_layers", None)
    if isinstance(count, int) and count < 1:
        raise BadInput(f"has {count} layers by its configuration", name, "correct its config.json")
    for key, value in config.get_text_config().to_dict().items():
        if isinstance(value, int) and ("layer" in key or "expert" in key) and value > MOST_LAYERS:
            raise BadInput(f"its {key} is more than {MOST_LAYERS:,}", name, "correct its config.json")


def _require_whole(model: Any, missing_keys: set[str], checkpoint: Checkpoint) -> bool:
    """Refuse weights that transformers would make up; tell whether those of the head that predicts are there.

    A pooler is not used here, and tables that are computed and never trained are in no file.
    """
    computed = {key for key, parameter in checkpoint.skeleton.named_parameters() if not parameter.requires_grad}
    missing = {key for key in missing_keys if "pooler" not in key} - computed
    head = model.get_output_embeddings()
    of_head = {key for key, parameter in model.named_parameters() if head is not None and parameter is head.weight}
    if others := sorted(missing - of_head):
        what = f"the checkpoint lacks {len(others)} weights, e.g. {others[0]}"
        raise BadInput(what, checkpoint.name, "get a whole one")
    return not missing


def _require_no_offload(model: Any, name: str) -> None:
    places = {str(place) for place in getattr(model, "hf_device_map", {}).values()}  # none: one device
    if "disk" in places or ("cpu" in places and len(places) > 1):
        raise BadInput("it does not fit into the devices' memory", name, "use more devices or a smaller dtype")


def _sha256(file: Path, of_the_hub: bool) -> str:
    """Digest a file; the hub's cache names large ones by it."""
    blob = file.resolve().name
    if of_the_hub and re.fullmatch(r"[0-9a-f]{64}", blob):
        return blob
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _combined(files: Mapping[str, str]) -> str:
    return sha256("".join(f"{len(n)}:{n}{digest}" for n, digest in sorted(files.items())).encode()).hexdigest()
