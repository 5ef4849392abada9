"""A foreign tokenizer tried in a process of its own: its regular expressions may take for ever, and nothing ends them.

Run as a program, this file reads the folder of a tokenizer, texts and chats as JSON, and tokenises and writes them.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FILE = "tokenizer.json"
SECONDS, SECONDS_A_TEXT = 30.0, 0.01
"""What the tokenizer may take; a usual one reads thousands of sentences a second."""


def try_tokenizer(
    folder: Path, texts: Sequence[str], name: str, chats: Sequence[Sequence[dict[str, str]]] = (), gguf: str = ""
) -> None:
    """Let a model's tokenizer read some texts, and its chat template write some chats, within bounds of time.

    A folder without `FILE`, and a file of GGUF, has a tokenizer of transformers' own, which holds no rules of others.

    Raises
    ------
    BadInput
        If it fails, or does not end.
    """
    from warehouse.errors import BadInput

    if (gguf or not (folder / FILE).is_file()) and not chats:
        return
    limit = SECONDS * (2 if chats else 1) + SECONDS_A_TEXT * len(texts)
    given = json.dumps([str(folder), list(texts), list(chats), gguf])
    remedy = "get the tokenizer that belongs to it, or choose another model"
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__], input=given, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadInput(f"its tokenizer does not end within {limit:.0f} s of reading the corpus", name, remedy) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1][:200]
        raise BadInput(f"its tokenizer fails ({said})", name, remedy)


def _read() -> None:
    from tokenizers import Tokenizer

    folder, texts, chats, gguf = json.load(sys.stdin)
    if not gguf and (Path(folder) / FILE).is_file():
        tokenizer = Tokenizer.from_file(str(Path(folder) / FILE))
        for text in texts:
            tokenizer.encode(text)
    if chats:
        _write(folder, chats, {"gguf_file": gguf} if gguf else {})


def _write(folder: str, chats: Sequence[Sequence[dict[str, str]]], options: dict[str, str]) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False, **options)
    for chat in chats if tokenizer.chat_template else ():
        tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)


if __name__ == "__main__":
    _read()
