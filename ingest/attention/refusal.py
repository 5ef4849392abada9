"""What transformers raises of a folder that it cannot use, as one sentence with the remedy that belongs to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from warehouse.errors import BadInput

QUANTISED = "give the checkpoint that it was made from, or the same model as GGUF"
REMEDIES = {
    ("trust_remote_code", "auto_map"): (
        "code that comes with a checkpoint is never run: choose a model that this version of transformers knows"
    ),
    ("does not recognize this architecture", "Unrecognized model"): (
        "install a version of transformers that knows it, or choose another model"
    ),
    ("sentencepiece", "protobuf"): "install what reads its tokenizer with: pip install 'attention-warehouse[extract]'",
    ("tiktoken",): "add the tokenizer.json that belongs to it: its tokenizer.model is not SentencePiece's",
    ("quantiz", "bitsandbytes", "gptq", "awq", "auto_round", "compressed-tensors"): QUANTISED,
    ("size mismatch", "ignore_mismatched_sizes"): "its weights and its config.json belong to different models",
}
"""By words of the message: what to do. Those of a package that is installed do not count."""
PACKAGES = {"sentencepiece": "sentencepiece", "protobuf": "google.protobuf"}
OTHERWISE = "check that the folder holds the whole of one model, and that this version of transformers knows it"


@contextmanager
def explain_foreign_errors(what: str, name: str, remedy: str | None = None) -> Iterator[None]:
    """Turn what foreign files provoke in transformers into a sentence: its parsers raise whatever these hold.

    Parameters
    ----------
    what, name : str
        What is the matter, with which model.
    remedy : str, optional
        What to do, where that is known beforehand.
    """
    try:
        yield
    except BadInput:
        raise
    except BaseException as error:
        # the parsers in Rust panic with a class that is not an Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadInput(f"{what} ({first_line(error)})", name, remedy or remedy_of(str(error))) from error


def remedy_of(message: str) -> str:
    """Find what to do about a message of transformers."""
    lower = message.lower()
    return next((do for words, do in REMEDIES.items() if any(_is_said(word, lower) for word in words)), OTHERWISE)


def _is_said(word: str, lower: str) -> bool:
    if word in PACKAGES and find_spec(PACKAGES[word]) is not None:
        return False
    return word.lower() in lower


def first_line(error: BaseException) -> str:
    """Give the first line of an error, cut short."""
    return (str(error).strip() or type(error).__name__).split("\n")[0][:200]
