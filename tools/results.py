"""Reads what benchmarks have found: benchmarks/results/NAME.jsonl, a line a run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results"
Run = Mapping[str, Any]


def history(name: str) -> list[Run]:
    """Give the runs of one benchmark, the oldest first."""
    return [json.loads(line) for line in (RESULTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def latest(runs: list[Run]) -> Run:
    """Give the newest run of the paper's size, or of any size where there is none."""
    whole = [run for run in runs if run["scale"] == 1]
    return (whole or runs)[-1]
