"""Models as one file in the format GGUF: weights, configuration and tokenizer; transformers dequantises them."""

import struct
from importlib.util import find_spec
from pathlib import Path

from warehouse.errors import BadInput, MissingInput

SUFFIX = ".gguf"
MOST_ENTRIES = 100_000
"""Tensors, and facts, of a file: each is read in Python."""


def gguf_of(path: Path, name: str) -> tuple[Path, str]:
    """Give the folder of a model and its GGUF file, which is empty where the folder holds safetensors.

    Raises
    ------
    MissingInput
        There is no such file.
    BadInput
        If a folder holds several, or the package that reads them is not installed.
    """
    if path.suffix == SUFFIX and not path.is_dir():
        if not path.is_file():
            raise MissingInput(path, "GGUF file")
        folder, file = path.parent, path.name
    elif any(path.glob("*.safetensors")) or not (files := sorted(path.glob(f"*{SUFFIX}"))):
        return path, ""
    elif len(files) > 1:
        remedy = f"give one of them, e.g. {files[0].name[:60]}"
        raise BadInput(f"holds {len(files)} files of GGUF", name, remedy)
    else:
        folder, file = path, files[0].name
    if find_spec("gguf") is None:
        raise BadInput("the package gguf is not installed", name, "pip install 'attention-warehouse[gguf]'")
    return folder, file


def check_gguf(file: Path) -> None:
    """Refuse a file that is not GGUF, or holds more entries than any model."""
    with file.open("rb") as stream:
        head = stream.read(24)
    if len(head) < 24 or head[:4] != b"GGUF":
        raise BadInput("is not GGUF", file, "fetch the file again")
    version, tensors, facts = struct.unpack("<IQQ", head[4:])
    if version not in (2, 3) or max(tensors, facts) > MOST_ENTRIES:
        what = f"says that it holds {tensors:,} tensors and {facts:,} facts, in version {version}"
        raise BadInput(what, file, "fetch the file again")
