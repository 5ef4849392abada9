"""Runs benchmarks one after the other, each in a process of its own: ``python -m benchmarks [NAMES] [--scale S]``.

At the usual scale all of them take a few minutes; 1 is the paper's size. Growth to ten and a hundred times that size,
and what needs machines of its own, are asked for by name.
"""

import argparse
import subprocess
import sys

from tools import measurements

MODULES = (
    "regression", "counts", "coverage", "storage", "ingest", "slices", "queries", "joins", "study", "divergence",
    "events", "fixations", "incomplete", "extraction", "commands", "beyond",
    "partitions", "full_study", "cluster", "replacing", "sums", "growth",
)  # fmt: skip
SCALE = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and keep what was found.")
    parser.add_argument("names", nargs="*", default=MODULES, metavar="NAME", help=f"Of {', '.join(MODULES)}.")
    parser.add_argument("--scale", default=SCALE, type=float, help="Share of the paper's size; 1 is all of it.")
    given = parser.parse_args()
    failed = [name for name in given.names if not _ran(name, given.scale)]
    measurements.write()
    if failed:
        sys.exit(f"These did not run to the end: {', '.join(failed)}.")


def _ran(name: str, scale: float) -> bool:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--scale", str(scale)]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    main()
