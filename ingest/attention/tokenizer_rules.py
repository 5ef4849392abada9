"""The tokenizer that a model was trained with: tokenizer.json as it is.

transformers chooses a class by the architecture, and some classes put rules of their own (how a text is normalised and
cut before its pieces are looked up) in place of the file's, without a word. Then the model would read other tokens than
it was trained on.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from ingest.attention.folder import read_json
from ingest.attention.tokenizer_trial import FILE

OF_MODEL = (
    "unk_token",
    "byte_fallback",
    "fuse_unk",
    "ignore_merges",
    "continuing_subword_prefix",
    "end_of_word_suffix",
)

SETTINGS = ("add_prefix_space", "do_lower_case", "strip_accents", "tokenize_chinese_chars")
"""What a tokenizer_config.json may say that goes before the rules of the file."""


def as_in_file(tokenizer: Any, folder: Path, load_as: Callable[..., Any]) -> Any:
    """Give a tokenizer with the rules of its folder's tokenizer.json, and without chance.

    Parameters
    ----------
    tokenizer
        As transformers loads it by the architecture.
    folder : Path
        Of the model; what has no tokenizer.json stays as it is.
    load_as : callable
        Loads the folder as another class, given options.
    """
    if (folder / FILE).is_file():
        own = Tokenizer.from_file(str(folder / FILE))
        is_other = _rules(own) != _rules(getattr(tokenizer, "backend_tokenizer", None))
        if is_other and not _is_set_otherwise(tokenizer, folder / "tokenizer_config.json"):
            known, said = own.get_vocab(with_added_tokens=True), tokenizer.special_tokens_map
            special = {name: token for name, token in said.items() if isinstance(token, str) and token in known}
            tokenizer = load_as(PreTrainedTokenizerFast, options=special)
    model: Any = getattr(getattr(tokenizer, "backend_tokenizer", None), "model", None)
    if getattr(model, "dropout", None):
        model.dropout = None  # it cuts the same text otherwise each time, which is for training
    return tokenizer


def _is_set_otherwise(tokenizer: Any, file: Path) -> bool:
    """Tell whether the folder itself asks for other rules, by settings of the class that it names."""
    told = read_json(file) if file.is_file() else {}
    named = str(told.get("tokenizer_class")).removesuffix("Fast") if isinstance(told, dict) else ""
    return named == type(tokenizer).__name__ and any(told.get(setting) is not None for setting in SETTINGS)


def _rules(backend: Any) -> list[str]:
    """Give what decides the tokens of a text, apart from the vocabulary."""
    model = getattr(backend, "model", None)
    parts = [getattr(backend, name, None) for name in ("normalizer", "pre_tokenizer")]
    return [*map(str, parts), type(model).__name__, *(str(getattr(model, name, None)) for name in OF_MODEL)]
