"""Processes of this machine that compute beside this one."""

import os
import signal
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path

from warehouse import logs
from warehouse.compute.workers.pool import WorkerPool
from warehouse.compute.workers.signs_of_life import SignsOfLife
from warehouse.ledger.heartbeats import SILENT_S, Holder
from warehouse.plugin.discovery import load_file, loaded_files

WORTH_S, FEWEST_UNITS = 4.0, 8
"""Work that is worth the start of processes, which takes one or two seconds each; units, where it is not known."""
JOIN_S = 0.5
"""How often processes that are to end are looked after [s]."""


class Processes(WorkerPool):
    """Processes of this machine, started when there is enough to do."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool: ProcessPoolExecutor | None = None
        self._started: list[BaseProcess] = []

    def executor(self, unit_count: int, estimate_s: float | None = None) -> Executor | None:
        """Give the pool; it is started for much work, and used for little once it is there."""
        is_worth_it = unit_count >= FEWEST_UNITS if estimate_s is None else estimate_s >= WORTH_S
        if self._pool is None and unit_count > 1 and is_worth_it:
            self._start()
        return self._pool if unit_count > 1 else None

    def look_after(self) -> None:
        """Kill processes that have given no sign of life for a minute: a stopped one would keep its part for ever."""
        self._kill_silent()

    def replace_dead(self) -> None:
        """A process that died takes the pool along: start another."""
        self.close()
        self._start()

    def children(self) -> list[int]:
        """Give the numbers of the processes of the pool."""
        return list(self._pool._processes) if self._pool else []

    def give_up(self, silent: Holder) -> None:
        """A process that is stopped would keep its part for ever; one that was killed is replaced."""
        mine = self._pool._processes if self._pool and silent.host == socket.gethostname() else {}
        if process := mine.get(silent.process_id or 0):
            process.kill()

    def close(self) -> None:
        """End the processes after the units that they have in hand."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            while living := [process for process in self._started if process.is_alive()]:
                if self._kill_silent():  # it may hold the lock behind which the others wait for the end
                    for process in living:
                        process.kill()
                living[0].join(JOIN_S)

    def _kill_silent(self) -> bool:
        """Tell whether there were any."""
        silent = [(one, self._signs.silence(one.pid or 0)) for one in self._started if one.is_alive()]
        silent = [(one, seconds) for one, seconds in silent if seconds > SILENT_S]
        for one, seconds in silent:
            told = f"Process {one.pid} of this command has given no sign of life for {seconds:.0f} s: it is killed."
            logs.remark(told, name="silent_process", process_id=one.pid, silent_s=seconds)
            one.kill()
        return bool(silent)

    def _start(self) -> None:
        """Start them with Ctrl-C blocked, so that none is broken off in its imports: the parent ends them."""
        context = get_context("spawn")
        self._signs = SignsOfLife(context, self.size)
        given = (self._signs, logs.form(), loaded_files())
        self._pool = ProcessPoolExecutor(self.size, context, _begin, given)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for _ in range(self.size):
                self._pool.submit(os.getpid)  # a process is started when there is something to do
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._started = list(self._pool._processes.values())


def _begin(signs: SignsOfLife, form: str, plugin_files: Sequence[Path]) -> None:
    signs.give()
    logs.begin(form)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for path in plugin_files:
        load_file(path)


def _end_with_parent() -> None:
    """End when the parent was killed outright; otherwise the process would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
