"""Times pieces of work in turns and keeps what was found: ratios of one run tell more than figures of one machine."""

import argparse
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Timing:
    """Seconds of the turns of one piece of work, (n_turns,)."""

    seconds: np.ndarray

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))

    def rate(self, amount: float) -> dict[str, float]:
        """Millions a second: median, slowest and fastest turn."""
        rates = amount / self.seconds / 1e6
        return {"median": float(np.median(rates)), "slowest": float(rates.min()), "fastest": float(rates.max())}

    def over(self, other: "Timing") -> dict[str, float]:
        """How many times longer than another, turn by turn."""
        ratios = self.seconds / other.seconds
        return {"median": float(np.median(ratios)), "least": float(ratios.min()), "most": float(ratios.max())}

    def of_more(self, times: float) -> dict[str, float]:
        """Seconds of so many times as much: median, fastest and slowest turn."""
        return {name: times * value for name, value in self.as_json().items()}

    def as_json(self) -> dict[str, float]:
        return {"median": self.median, "fastest": float(self.seconds.min()), "slowest": float(self.seconds.max())}


@dataclass(frozen=True)
class Finding:
    """One figure beside its target: at least it, or at most it."""

    what: str
    value: float
    target: float | None = None
    at_most: bool = False
    spread: tuple[float, float] | None = None

    @property
    def holds(self) -> bool | None:
        if self.target is None:
            return None
        return bool(self.value <= self.target if self.at_most else self.value >= self.target)


def found(what: str, spread: Mapping[str, float], target: float | None = None, *, at_most: bool = False) -> Finding:
    """Make a finding of a median with its extremes."""
    value, *ends = spread.values()
    return Finding(what, value, target, at_most, (min(ends), max(ends)))


def alternated(ways: Mapping[str, Callable[[], object]], turns: int, warm_up: int = 1) -> dict[str, Timing]:
    """Time every way once a turn, the first turns left out: what disturbs the machine disturbs all of them."""
    seconds = [[_seconds(way) for way in ways.values()] for _ in range(turns + warm_up)]
    return {name: Timing(column) for name, column in zip(ways, np.array(seconds[warm_up:]).T, strict=True)}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(name: str, findings: Iterable[Finding], details: Mapping[str, Any], scale: float = 1.0) -> None:
    """Print a table, and append it to ``results/NAME.jsonl``: a line a run, with the machine, the commit, the load.

    Parameters
    ----------
    name : str
        The benchmark's.
    findings : iterable of Finding
        The figures; a figure keeps its name, by which its history is drawn. Targets are for all of the paper's size.
    details : mapping
        What they come from.
    scale : float
        The share of the paper's size that was measured; 1 is all of it.
    """
    findings = [finding if scale == 1 else replace(finding, target=None) for finding in findings]
    show(name, findings)
    figures = [{**vars(f), "holds": f.holds} for f in findings]
    text = json.dumps({**machine(), "scale": scale, "figures": figures, "details": details}, default=_plain)
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def show(name: str, findings: Iterable[Finding]) -> None:
    """Print a table."""
    rows = [[f.what, f.value, _spread(f), _target(f), {True: "yes", False: "NO", None: ""}[f.holds]] for f in findings]
    print(f"\n{name}\n" + tabulate(rows, ["figure", "median", "spread", "target", "holds"], floatfmt=".4g"))


def asked_scale(doc: str | None) -> float:
    """Read the scale from the command line; `doc` is the benchmark's docstring, whose first line is its help."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="Share of the paper's size; 1 is all of it.")
    return float(parser.parse_args().scale)


def history(name: str) -> list[dict[str, Any]]:
    """Give all reports of a name, the oldest first."""
    path = RESULTS / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def machine() -> dict[str, Any]:
    """Say what was measured, and on what."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        "commit": commit(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_at_the_end": load,
        "threads": os.environ.get("OMP_NUM_THREADS", "as many as cores"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    run = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=False)
    return run.stdout.strip() or "unknown"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def _spread(finding: Finding) -> str:
    return "{:.4g} to {:.4g}".format(*finding.spread) if finding.spread else ""


def _target(finding: Finding) -> str:
    return "" if finding.target is None else f"{'at most' if finding.at_most else 'at least'} {finding.target:g}"


def _plain(value: Any) -> Any:
    return (
        value.as_json() if isinstance(value, Timing) else value.item() if isinstance(value, np.generic) else str(value)
    )
