"""A minute's work by one process, by two, and by two workers of a Dask scheduler: ``python -m benchmarks.two_workers``.

Corrections of a made model over a made corpus, as whole commands from start to end, each after the other on units that
nobody has done, cold alike: the scheduler and its workers are started anew for each command, before it, and have
computed nothing. They are on this machine, whose cores they share with the server. Ratios by the clock say how much two
help, processor time of client, workers and server what they cost; a last command of two layers has its client profiled.
"""

import argparse
import io
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import streamed
from benchmarks.cluster import WORKERS, Machines, scheduler
from benchmarks.made import QUIET, empty_server
from benchmarks.measuring import Finding, report
from benchmarks.processor import of_server, ticks
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer

HEADS, READERS = 32, 25
TARGET = 1.7
ONE, TWO, CLUSTER = "one process", "two processes", "two workers of a scheduler"
RESAMPLES = 10_000
LINES = 25
"""Of the client's profile."""
PROFILED = """
import cProfile, runpy, sys, time
profile, file = cProfile.Profile(time.process_time), sys.argv.pop(1)
sys.argv[0] = "warehouse"
try:
    profile.runcall(runpy.run_module, "warehouse", run_name="__main__")
finally:
    profile.dump_stats(file)
"""
"""Waiting takes nothing of the processor, and is not told."""


@dataclass(frozen=True)
class Taken:
    """What a command took [s]: by the clock, and of the processor by its own processes, the workers and the server."""

    clock: float
    client: float
    workers: float
    server: float

    @property
    def processor(self) -> float:
        """All of the processor."""
        return self.client + self.workers + self.server


def made(database: Database, copies: int, models: Mapping[str, int]) -> None:
    """Load a corpus, its readers and models of so many layers."""
    pipeline.ingest(database, streamed.text(copies), [], {}, QUIET)
    pipeline.ingest(database, streamed.people(copies, "L1", READERS), [], {}, QUIET)
    for name, layers in models.items():
        pipeline.ingest(database, streamed.model(copies, name, layers, HEADS), [], {}, QUIET)


def command(database: Database, model: str, seed: int, *how: str) -> list[str]:
    """Give a command that computes what nobody has: another seed is another unit."""
    words = ("corrected-resemblance", "--measure", "count", "--rule", "consecutive", "--model", model)
    draws = ("--resamples", str(RESAMPLES), "--seed", str(seed))
    return ["-m", "warehouse", "--quiet", "--dsn", database.dsn, "compute", *words, *draws, *how]


def taken(server: EmbeddedServer, machines: Machines | None, words: Sequence[str]) -> Taken:
    """Run a command to its end."""
    pids = machines.pids if machines else []
    workers, of_the_server, start = sum(sum(ticks(pid)) for pid in pids), of_server(server), time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, *words], os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])  # fmt: skip
    _, status, used = os.wait4(pid, 0)
    clock = time.perf_counter() - start
    time.sleep(0.3)  # a session ends a moment after its client
    if status:
        raise RuntimeError(f"{' '.join(words)} did not end well")
    after, hertz = sum(sum(ticks(pid)) for pid in pids), os.sysconf("SC_CLK_TCK")
    return Taken(clock, used.ru_utime + used.ru_stime, (after - workers) / hertz, of_server(server) - of_the_server)


def measured(server: EmbeddedServer, turns: int) -> dict[str, list[Taken]]:
    """Run every way once a turn, first another one each time."""
    database, found = Database(server.dsn()), {ONE: list[Taken](), TWO: list[Taken](), CLUSTER: list[Taken]()}
    for turn in range(turns):
        ways = [*found][turn % len(found) :] + [*found][: turn % len(found)]
        for number, way in enumerate(ways):
            seed = 1 + turn * len(found) + number
            if way == CLUSTER:
                with scheduler() as machines:
                    words = command(database, "large", seed, "--scheduler", machines.address)
                    found[way].append(taken(server, machines, words))
            else:
                words = command(database, "large", seed, "--jobs", "1" if way == ONE else str(WORKERS))
                found[way].append(taken(server, None, words))
            print(way, *(f"{name} {value:.1f} s" for name, value in asdict(found[way][-1]).items()), flush=True)
    return found


def profiled(server: EmbeddedServer) -> str:
    """Profile the client of a scheduler over two layers: what it does itself, most first."""
    with scheduler() as machines, tempfile.TemporaryDirectory() as folder:
        file, database = Path(folder, "profile"), Database(server.dsn())
        words = command(database, "small", 0, "--scheduler", machines.address)
        taken(server, machines, ["-c", PROFILED, str(file), *words[2:]])
        told = io.StringIO()
        pstats.Stats(str(file), stream=told).strip_dirs().sort_stats("tottime").print_stats(LINES)
    return told.getvalue()


def findings(found: Mapping[str, Sequence[Taken]]) -> list[Finding]:
    """Compare the ways, turn by turn: medians, the least and the most."""
    one, all_of = found[ONE], list[Finding]()
    for way in (TWO, CLUSTER):
        for what, of, target in (("times faster", "clock", TARGET), ("of the processor time", "processor", None)):
            ratios = [getattr(a, of) / getattr(b, of) for a, b in zip(one, found[way], strict=True)]
            ratios = sorted(ratios if target else (1 / ratio for ratio in ratios))
            middle, ends = ratios[len(ratios) // 2], (ratios[0], ratios[-1])
            all_of.append(Finding(f"{way}: {what}", middle, target, spread=ends))
    all_of.append(Finding("s of processor by one process", sum(each.processor for each in one) / len(one), 60))
    return all_of


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.two_workers", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--scale", type=float, default=1.0, help="Share of the layers; 1 is a minute's work.")
    parser.add_argument("--copies", type=int, default=4, help="Copies of the paper's corpus.")
    parser.add_argument("--layers", type=int, default=70, help="Layers of the model.")
    parser.add_argument("--turns", type=int, default=1, help="How often each way is measured.")
    given = parser.parse_args()
    with empty_server(None) as server:
        layers = max(2, round(given.layers * given.scale))
        made(Database(server.dsn()), given.copies, {"large": layers, "small": 2})
        found, profile = measured(server, given.turns), profiled(server)
    print(profile)
    details = {way: [asdict(one) for one in each] for way, each in found.items()}
    report("two_workers", findings(found), {**details, "copies": given.copies, "layers": layers}, given.scale)


if __name__ == "__main__":
    main()
