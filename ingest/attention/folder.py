"""The folder of a model, checked before a file of it is read: it may come from anybody."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from ingest.attention.gguf import check_gguf
from warehouse.errors import BadInput, MissingInput

WANTED = ["*.safetensors", "*.json", "*.model", "*.txt"]
MOST_FILES = 2000
"""Files of a folder; the largest models have some hundred shards."""
LARGE = ("tokenizer.json", "vocab.json", "*.model", "*.txt")
"""What holds a vocabulary."""
MOST_BYTES, MOST_BYTES_OF_LARGE = 16 * 2**20, 256 * 2**20
"""Bytes of a file that is not weights, each of which is read whole."""
OF_THE_KERNEL = {"proc", "sys"}
"""Folders whose files say nothing of their length, and may have no end."""
INDEX = "model.safetensors.index.json"
ADAPTER = "adapter_config.json"


def check_folder(path: Path, name: str, gguf: str = "") -> list[Path]:
    """Give the files that are wanted of a model's folder, if all that lies in it can be read to an end.

    Parameters
    ----------
    path : Path
        The folder.
    name : str
        The model, for messages.
    gguf : str
        The one file that is wanted, where the model is GGUF.

    Raises
    ------
    MissingInput
        There is no config.json.
    BadInput
        A file is a pipe, a device, a socket or a link to one, leads nowhere or is too large; weights are pickles, or
        their header lies; the index names files outside the folder; or it is an adapter without a model of its own.
    """
    if gguf:
        _require_regular(path / gguf)
        check_gguf(path / gguf)
        return [path / gguf]
    entries = list(_entries(path))
    for entry in entries:
        _require_regular(entry)
    files = [entry for entry in entries if entry.is_file() and any(map(entry.match, WANTED))]
    if not (path / "config.json").is_file():
        raise MissingInput(path, "config.json")
    if (path / ADAPTER).exists():
        remedy = (
            "merge it into the model that it was made for (merge_and_unload of the library peft), save that, and give "
            "its folder"
        )
        raise BadInput("is an adapter, which has no model of its own", name, remedy)
    _require_safetensors(path, name)
    for file in files:
        _check_file(file)
    _check_index(path)
    return files


def _entries(path: Path) -> Iterator[Path]:
    """Yield what lies in a folder, and in the one folder below that is read too."""
    for place in (path, path / "additional_chat_templates"):
        found = sorted(place.iterdir()) if place.is_dir() else []
        if len(found) > MOST_FILES:
            raise BadInput(f"holds more than {MOST_FILES:,} files", place, "keep one model in one folder")
        yield from found


def _require_regular(path: Path) -> None:
    try:
        kind = path.stat().st_mode
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise BadInput("is a link that leads nowhere", path, "fetch the file that it stands for") from None
    if stat.S_ISDIR(kind) and not any(map(path.match, WANTED)):
        return
    if not stat.S_ISREG(kind) or real.parts[1] in OF_THE_KERNEL:
        raise BadInput("is not a regular file", path, "keep the model's own files in its folder, and nothing else")


def _check_file(path: Path) -> None:
    if path.suffix == ".safetensors":
        _check_weights(path)
        return
    most = MOST_BYTES_OF_LARGE if any(map(path.match, LARGE)) else MOST_BYTES
    if path.stat().st_size > most:
        raise BadInput(f"is larger than {most // 2**20} MiB", path, "get the model's own file")


def _check_weights(path: Path) -> None:
    """Let safetensors read the header, which has to fit the file to the byte; no weight is read."""
    try:
        with safe_open(path, "np") as opened:
            opened.keys()
    except (SafetensorError, OSError, ValueError) as error:
        raise BadInput(f"holds no weights ({str(error)[:200]})", path, "fetch the file again") from error


def _check_index(path: Path) -> None:
    """Refuse an index that names anything but weights of the folder."""
    if not (path / INDEX).is_file():
        return
    told = read_json(path / INDEX)
    files = told.get("weight_map") if isinstance(told, dict) else None
    if not isinstance(files, dict):
        raise BadInput("is not an index of weights", path / INDEX, "fetch the file again")
    for file in set(map(str, files.values())):
        if Path(file).name != file or not (path / file).is_file() or not file.endswith(".safetensors"):
            raise BadInput(
                f"names {file[:60]!r}, which is not a file of weights here", path / INDEX, "get a whole model"
            )


def read_json(path: Path) -> Any:
    """Read a small JSON file.

    Raises
    ------
    BadInput
        If it is none.
    """
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput("is not JSON", path, "fetch the file again") from error


def _require_safetensors(path: Path, name: str) -> None:
    if any(path.glob("*.safetensors")):
        return
    if any(path.glob("*.bin")) or any(path.glob("*.pt")):
        remedy = (
            "pickles run code when they are read: convert it to safetensors as the documentation says (Checkpoints as "
            "they are)"
        )
        raise BadInput("its weights are there as pickles (.bin) only", name, remedy)
    raise MissingInput(path, "*.safetensors")


def is_in_hub_cache(path: Path) -> bool:
    """Tell whether a folder is a snapshot in the hub's cache, whose files are named by their digests."""
    from huggingface_hub.constants import HF_HUB_CACHE

    return path.resolve().is_relative_to(Path(HF_HUB_CACHE).resolve())
