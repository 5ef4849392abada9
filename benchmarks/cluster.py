"""Units by one process, by two, and by two workers of a Dask scheduler: ``python -m benchmarks.cluster --scale S``.

Each is a command that computes the same units afresh, from its start to its end, cold alike; the
scheduler and its workers run already, as they do where there are several machines, and are on this machine, whose cores
they share with the server. Resemblance is limited by the server that sends layers, its corrections by the numerics. The
scale is the share of the layers.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.made import GPT2, N_READERS, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, alternated, asked_scale, found, report
from warehouse.database.connection import Database

TURNS, WORKERS = 5, 2
CHOICE = ("--measure", "count", "--rule", "consecutive")
ANALYSES: dict[str, tuple[dict[str, int], float | None]] = {
    "corrected_resemblance": ({"resamples": 10_000}, 1.6),
    "human_resemblance": ({}, None),
}
"""With which parameters, and how many times faster two are to be; seconds of resemblance are mostly their start."""


def computed(database: Database, analysis: str, *how: str) -> None:
    """Compute an analysis afresh by a command: what stands of it is marked as superseded before."""
    with database.connect(autocommit=True) as connection:
        connection.execute(_SUPERSEDE, [f"compute {analysis}"])
        connection.execute("UPDATE ops.run SET parameters = parameters || jsonb_build_object('turn', run_id)")
    chosen = [word for name, value in ANALYSES[analysis][0].items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "warehouse", "--quiet", "--dsn", database.dsn, "compute"]
    words = [analysis.replace("_", "-"), "--json", *CHOICE, *chosen, *how]
    ran = subprocess.run([*command, *words], check=True, stdout=subprocess.PIPE, text=True)
    if '"inserted": 0' in ran.stdout.splitlines()[-1]:
        raise RuntimeError(f"nothing was computed of {analysis}")


@dataclass(frozen=True)
class Machines:
    """A scheduler and its workers: where it answers, and their processes."""

    address: str
    pids: Sequence[int]


@contextmanager
def scheduler() -> Iterator[Machines]:
    """A scheduler with its workers, on this machine."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{one.getsockname()[1]}"
    port, started = address.rpartition(":")[2], []
    with tempfile.TemporaryDirectory() as directory:
        for kind, *arguments in (
            ("scheduler", "--host", "127.0.0.1", "--port", port),
            *[("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", directory)] * WORKERS,
        ):
            command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--no-dashboard"]
            started.append(
                subprocess.Popen(
                    command,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "OMP_NUM_THREADS": "1"},
                )
            )
        try:
            _wait_for_all(address)
            yield Machines(address, [process.pid for process in started])
        finally:
            for process in reversed(started):
                process.send_signal(signal.SIGTERM)
                process.wait()


def _wait_for_all(address: str) -> None:
    from distributed import Client

    with Client(address, timeout="60s") as client:
        client.wait_for_workers(WORKERS, timeout=60)


def measured(
    database: Database, analysis: str, target: float | None, address: str
) -> tuple[list[Finding], dict[str, object]]:
    ways = {
        "one process": lambda: computed(database, analysis),
        "two processes": lambda: computed(database, analysis, "--jobs", str(WORKERS)),
        "two workers of a scheduler": lambda: computed(database, analysis, "--scheduler", address),
    }
    timing = alternated(ways, TURNS)
    one, two, workers = timing.values()
    findings = [
        found(f"{analysis}: times faster by two processes", one.over(two), target),
        found(f"{analysis}: times faster by two workers of a scheduler", one.over(workers), target),
    ]
    return findings, {analysis: timing}


def main() -> None:
    shape = GPT2.scaled(scale := asked_scale(__doc__))
    findings: list[Finding] = []
    details: dict[str, object] = {}
    with made_warehouse(readers=N_READERS) as database, arrays(shape) as folder, scheduler() as machines:
        load_arrays(database, folder, shape, shape.name)
        for analysis, (_, target) in ANALYSES.items():
            more, detail = measured(database, analysis, target, machines.address)
            findings += more
            details |= detail
    report("cluster", findings, details, scale)


_SUPERSEDE = """
UPDATE ops.unit SET unit_state = 'superseded'
FROM ops.run WHERE run.run_id = unit.run_id AND job = %s
"""

if __name__ == "__main__":
    main()
