"""Signs of life of processes of this machine: one that is stopped gives none, whatever it was about.

Heartbeats in the ledger begin when a process has a connection; these begin with the process, its imports included.
"""

import os
import threading
import time
from multiprocessing.context import SpawnContext

EVERY_S = 1.0


class SignsOfLife:
    """When each of some processes gave its last sign of life; shared with them when they are started.

    Parameters
    ----------
    context : SpawnContext
        How they are started.
    size : int
        How many they are.
    """

    def __init__(self, context: SpawnContext, size: int) -> None:
        self._begun = time.monotonic()
        self._table = context.Array("d", 2 * size, lock=False)  # number of the process, time of its last sign
        self._places = context.Value("i", 0)

    def give(self) -> None:
        """Give signs of life from now on, in a process of the pool."""
        with self._places.get_lock():
            place = self._places.value
            self._places.value += 1
        self._table[2 * place + 1] = time.monotonic()
        self._table[2 * place] = os.getpid()
        threading.Thread(target=self._go_on, args=[2 * place + 1], daemon=True).start()

    def silence(self, process_id: int) -> float:
        """Say for how long a process has given no sign of life, from the start on where it has given none [s]."""
        given = {int(number): at for number, at in zip(self._table[::2], self._table[1::2], strict=True)}
        return time.monotonic() - float(given.get(process_id, self._begun))

    def _go_on(self, place: int) -> None:
        while True:
            self._table[place] = time.monotonic()
            time.sleep(EVERY_S)
