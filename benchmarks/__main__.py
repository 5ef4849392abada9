"""Runs all benchmarks, one after the other, each in a process of its own: ``python -m benchmarks``."""

import subprocess
import sys

MODULES = ("regression", "ingest", "slices", "queries", "study", "divergence", "events", "extraction", "full_study")


def main() -> None:
    failed = [
        name for name in MODULES if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    if failed:
        sys.exit(f"These did not run to the end: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
