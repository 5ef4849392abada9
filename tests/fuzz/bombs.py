"""`python -m tests.fuzz.bombs FOLDER`: inputs of a few bytes that ask for all memory or time, within 1 GB of it.

Each is tried in a process of its own, since a bomb that goes off takes its process along. A line each: name, outcome.
"""

import pickle
import resource
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from ingest.attention.jobs import parse_layers, study
from ingest.attention_arrays.facts import model_facts
from ingest.attention_arrays.files import read_header
from ingest.reading_brain.events import read_events
from ingest.reading_brain.pickles import load
from ingest.reading_brain.readers import group_of
from ingest.reading_brain.regions import fault
from ingest.reading_brain.sentences import read_sentences
from warehouse.errors import WarehouseError
from warehouse.transfer.export import verification

ROOM, SECONDS = 2**30, 20
"""Bytes of address space beyond what the interpreter has, and processor time, of each."""
MIB = 2**20


def _chain(count: int) -> bytes:
    """Copies of the same million bytes, by name."""
    head = b"\x80\x03]c_codecs\nencode\nq\x01X" + MIB.to_bytes(4, "little") + b"a" * MIB + b"q\x020"
    return head + b"(" + b"h\x01h\x02X\x06\x00\x00\x00latin1\x86R" * count + b"e."


def _written(read: Callable[[Path], Any], content: bytes, name: str = "bomb") -> Callable[[Path], Any]:
    def act(folder: Path) -> Any:
        path = folder / name
        path.write_bytes(content)
        return read(path)

    return act


def _header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def _events(path: Path) -> Any:
    return read_events(path, path.read_bytes(), {})


def _matrix(path: Path) -> str:
    return fault(load(path), 3)


def _group(description: Path) -> Any:
    (description.parent / "L1_adults_demographics.tsv").touch()
    return group_of(description.parent)


def _facts(path: Path) -> Any:
    return model_facts("some", {}, path)


COLUMNS = b"SentenceID\tSentenceRT\tCURRENT_FIX_INTEREST_AREA_ID\tCURRENT_FIX_START\tCURRENT_FIX_DURATION\tWords\n"
BOMBS: dict[str, Callable[[Path], Any]] = {
    "pickle: a bytearray of 1 TB": _written(load, b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"a."),
    "pickle: 100 GB of zeros": _written(load, b"cnumpy._core.numeric\n_frombuffer\n(L100000000000L\nNNNtR."),
    "pickle: a key a million deep": _written(load, b"\x80\x02})" + b"\x85" * MIB + b"K\x01s."),
    "pickle: a list a million deep": _written(load, b"\x80\x02" + b"]" * MIB + b"a" * (MIB - 1) + b"."),
    "pickle: a memo of 4 billion": _written(load, b"Nr\xff\xff\xff\xff."),
    "pickle: 3000 copies of a million": _written(load, _chain(3000)),
    "pickle: an axis of a billion": _written(_matrix, pickle.dumps(np.zeros((2**30, 0)))),
    "npy: a header of 4 GB": _written(read_header, b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}"),
    "npy: a shape of 10^18": _written(
        read_header, _header("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 10**9, 10**9), }")
    ),
    "npy: brackets": _written(read_header, _header("(" * 9000)),
    "events: a line of 60 MB": _written(_events, COLUMNS + b"x" * (60 * MIB)),
    "events: 20 million tabs": _written(_events, COLUMNS + b"\t" * (20 * MIB)),
    "sentences: one of a million words": _written(read_sentences, b"a " * MIB),
    "sentences: a million marks": _written(read_sentences, b"a" + b"\xcc\x81\xcc\xa7" * (MIB // 2)),
    "description: brackets": _written(_group, b"[" * MIB, "dataset_description.json"),
    "facts: brackets": _written(_facts, b"a = " + b"[" * 200_000),
    "facts: a key of dots": _written(_facts, b"a." * 100_000 + b"a = 1"),
    "facts: keys of dots": _written(_facts, b"".join(b"%d." % i + b"a." * 90 + b"a = 1\n" for i in range(1200))),
    "facts: a number of a million digits": _written(_facts, b"parameters = 0x" + b"f" * 200_000),
    "study: tables in tables": _written(study, b"a = " + b"{a = " * 40_000),
    "layers: 0 to 10^11": lambda _: parse_layers("0-99999999999", 12),
    "manifest: brackets": _written(lambda path: verification.read(path.parent), b"[" * MIB, "manifest.json"),
}


def _try(name: str, folder: str) -> None:
    with Path("/proc/self/statm").open(encoding="ascii") as pages:
        used = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    place = Path(folder) / str(sorted(BOMBS).index(name))
    place.mkdir()
    try:
        BOMBS[name](place)
    except WarehouseError as refusal:
        print("refused:", str(refusal)[:200], flush=True)  # noqa: T201
    else:
        print("answered", flush=True)  # noqa: T201


def outcome(name: str, folder: Path) -> int:
    """Try one in a process of its own; its exit code, negative where a signal ended it."""
    process = get_context("fork").Process(target=_try, args=(name, str(folder)))
    process.start()
    process.join()
    return process.exitcode or 0


if __name__ == "__main__":
    for bomb in BOMBS:
        print(f"{bomb}: ", end="", flush=True)  # noqa: T201
        code = outcome(bomb, Path(sys.argv[1]))
        if code:
            print(f"died with {code}", flush=True)  # noqa: T201
