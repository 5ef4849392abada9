"""What transformers raises of a folder that it cannot use, as one sentence with the remedy that belongs to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.errors import BadInput

REMEDIES = {
    ("trust_remote_code", "Unrecognized model", "does not recognize this architecture", "auto_map"): (
        "code that comes with a checkpoint is never run: choose a model that this version of transformers knows"
    ),
    ("sentencepiece", "tiktoken", "protobuf", "SentencePiece"): (
        "install what reads its tokenizer with: pip install 'attention-warehouse[extract]'"
    ),
    ("gguf",): "install what reads GGUF with: pip install 'attention-warehouse[gguf]'",
    ("quantiz", "bitsandbytes", "gptq", "awq", "auto_round", "compressed-tensors", "kernels"): (
        "its weights are quantised for another library: give the checkpoint that it was made from"
    ),
    ("size mismatch", "ignore_mismatched_sizes"): "its weights and its config.json belong to different models",
}
"""By words of the message: what to do."""
OTHERWISE = "check that the folder holds the whole of one model, and that this version of transformers knows it"


@contextmanager
def foreign(what: str, name: str) -> Iterator[None]:
    """Turn what foreign files provoke in transformers into a sentence: its parsers raise whatever these hold."""
    try:
        yield
    except BadInput:
        raise
    except BaseException as error:
        # the parsers in Rust panic with a class that is not an Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadInput(f"{what} ({first_line(error)})", name, remedy(str(error))) from error


def remedy(message: str) -> str:
    """Find what to do about a message of transformers."""
    lower = message.lower()
    return next((do for words, do in REMEDIES.items() if any(word.lower() in lower for word in words)), OTHERWISE)


def first_line(error: BaseException) -> str:
    """Give the first line of an error, cut short."""
    return (str(error).strip() or type(error).__name__).split("\n")[0][:200]
