"""A tokenizer that is there as SentencePiece's own model only: transformers converts it, and has to know how.

Without the `tokenizer_config.json` that belongs to it, what is converted may lack the mark before the first word and
the start token, and says nothing of it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentencepiece import SentencePieceProcessor

from warehouse.errors import BadInput

TEXTS = 20
"""Texts that are compared."""


def require_same_pieces(folder: Path, tokenizer: Any, texts: Sequence[str], name: str) -> None:
    """Refuse a converted tokenizer that does not cut texts as SentencePiece itself does.

    Parameters
    ----------
    folder : Path
        Of the model; nothing is compared where it has a tokenizer.json.
    tokenizer
        As transformers loaded it.
    texts : sequence of str
        What it is to read, of which some are compared.
    name : str
        The model, for messages.
    """
    own = _processor(folder)
    if own is None:
        return
    for text in texts[:TEXTS]:
        wanted = [None if own.IsUnknown(i) else own.IdToPiece(i) for i in own.EncodeAsIds(text)]
        found = tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])
        if len(found) != len(wanted) or any(a not in (None, b) for a, b in zip(wanted, found, strict=True)):
            what = f"transformers cuts a text otherwise ({found[:4]}) than its tokenizer.model does ({wanted[:4]})"
            raise BadInput(what, name, "add the tokenizer_config.json that belongs to it, or a tokenizer.json")


def _processor(folder: Path) -> Any:
    has_json = (folder / "tokenizer.json").is_file()
    for file in [] if has_json else sorted(folder.glob("*.model")):
        try:
            return SentencePieceProcessor(model_file=str(file))
        except (OSError, RuntimeError):  # a vocabulary in another format, which has no rules of its own
            continue
    return None
