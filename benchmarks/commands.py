"""What commands take that compute nothing: ``python -m benchmarks.commands --scale S``.

Each is given as a user gives it, in a process of its own, on a study of GPT-2 Large's shape whose results are all
there: help, the results of an analysis, the status, the plan, and `compute all` with nothing to do. Figures are seconds
of processor time, of the client and of the server together; the imports alone, which no command can undercut, stand
beside them. Modules are compiled already, as they are from the second command on. The scale is the share of the layers.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.made import GPT2, N_READERS, arrays, empty_server, fill, load_arrays
from benchmarks.measuring import Finding, Timing, asked_scale, found, report
from benchmarks.processor import processor_seconds
from warehouse.database.connection import Database

TURNS = 5
CHOICE = ("--measure", "count", "--rule", "consecutive")
COMMANDS = {
    "help": ("--help",),
    "show": ("show", "human-resemblance"),
    "status": ("status",),
    "plan": ("plan", *CHOICE),
    "compute all, nothing to do": ("compute", "all", *CHOICE),
}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
IMPORTS = "import click, numpy, psycopg"


def results(scale: float) -> Iterator[tuple[Finding, Timing]]:
    with empty_server() as server:
        database = Database(server.dsn())
        fill(database, {"L1": N_READERS, "L2": N_READERS})
        shape = GPT2.scaled(scale)
        with arrays(shape) as folder:
            load_arrays(database, folder, shape, shape.name)
        warehouse = [sys.executable, "-m", "warehouse", "--dsn", server.dsn(), "--quiet"]
        _run([*warehouse, "compute", "all", *CHOICE, "--resamples", "20", "--subsets", "5"])
        _run([*warehouse, *COMMANDS["compute all, nothing to do"]])
        ways: dict[str, list[str]] = {name: [*warehouse, *words] for name, words in COMMANDS.items()}
        ways["imports"] = [sys.executable, "-c", IMPORTS]
        for name, words in ways.items():
            timing = Timing(np.array([processor_seconds(server, partial(_run, words)) for _ in range(TURNS)]))
            yield found(f"{name}: seconds of processor time", timing.as_json()), timing


def _run(words: list[str]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)


def main() -> None:
    scale = asked_scale(__doc__)
    measured = list(results(scale))
    details: dict[str, Any] = {finding.what: timing for finding, timing in measured}
    report("commands", [finding for finding, _ in measured], details, scale)


if __name__ == "__main__":
    main()
