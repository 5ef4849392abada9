"""Sentences over several devices: one process for each, with the whole model in it, taking turns with the pieces."""

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from queue import Empty
from typing import Any

import torch

from ingest.attention.engine import Engine, Result
from ingest.attention.sentences import Sentence
from ingest.attention.stream import Ready
from warehouse.errors import WarehouseError

Pieces = Mapping[str, Sequence[Sentence]]
DEPTH = 4
"""Messages that a process may be ahead."""
MESSAGE_BYTES = 64 * 2**20
"""Results of one message; the usual piece is one."""


@dataclass(frozen=True)
class _Failure:
    """Why a process stopped; `WarehouseError`s are the user's to read, others are bugs with their traceback."""

    text: str
    is_expected: bool


class Shards:
    """Computes pieces in processes, one per maker; process w of n has pieces w, w + n, ...

    Parameters
    ----------
    makers : sequence of callable
        Each makes, in its process, an engine on a device of its own. Must be picklable.
    pieces : mapping of str to sequence of Sentence
        By key, in the order in which they are taken.
    """

    def __init__(self, makers: Sequence[Callable[[], Engine]], pieces: Pieces) -> None:
        self._makers, self._pieces = makers, pieces
        self._workers: list[tuple[Any, Any]] = []

    def take(self, key: str) -> Iterator[Result]:
        """Give the results of a piece, those passed over left out; work begins at the first piece taken."""
        keys = list(self._pieces)
        if not self._workers:
            self._start(keys[keys.index(key) :])
        process, queue = self._workers[(keys.index(key) - self._first) % len(self._workers)]
        found, results = "", None
        while not (found == key and results is None):
            found, results = _received(process, queue)
            if isinstance(results, _Failure):
                self.close()
                raise (WarehouseError if results.is_expected else RuntimeError)(results.text)
            if found == key and results is not None:
                yield from results

    def close(self) -> None:
        """End the processes; they hold nothing that would be lost."""
        for process, _ in self._workers:
            process.terminate()
            process.join()
        self._workers = []

    def _start(self, keys: Sequence[str]) -> None:
        context = multiprocessing.get_context("spawn")
        self._first = list(self._pieces).index(keys[0])
        n = len(self._makers)
        for w, make in enumerate(self._makers):
            queue = context.Queue(DEPTH)
            own = {key: self._pieces[key] for key in keys[w::n]}
            process = context.Process(target=work, args=(make, own, queue, n), daemon=True)
            process.start()
            self._workers.append((process, queue))


def _received(process: Any, queue: Any) -> tuple[str, Any]:
    while True:
        try:
            message: tuple[str, Any] = queue.get(timeout=1)
            return message
        except Empty:
            if not process.is_alive() and queue.empty():
                return "", _Failure(f"A device's process ended with code {process.exitcode}: run it again.", True)


def work(make: Callable[[], Engine], pieces: Pieces, queue: Any, processes: int) -> None:
    """Be one of the processes: put each piece's results into the queue, or why there are none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // processes))
    try:
        engine = make()
        for key, sentences in pieces.items():
            _send(engine, key, sentences, queue)
    except WarehouseError as error:
        queue.put(("", _Failure(str(error), True)))
    except Exception:
        queue.put(("", _Failure(traceback.format_exc(), False)))


def _send(engine: Engine, key: str, sentences: Sequence[Sentence], queue: Any) -> None:
    """Send the results of a piece, then None: in few messages, so that what the layers share is not sent for each."""
    ready: list[Result] = []
    byte_count = 0

    def put(result: Result) -> None:
        nonlocal byte_count
        array = result.values.wait()
        ready.append(replace(result, values=Ready(array)))
        byte_count += array.nbytes
        if byte_count > MESSAGE_BYTES:
            queue.put((key, ready.copy()))
            ready.clear()
            byte_count = 0

    engine.run(sentences, put)
    queue.put((key, ready))
    queue.put((key, None))
