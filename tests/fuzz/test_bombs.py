"""A few bytes that ask for all memory or time, each in a process of its own with little of both."""

import subprocess
import sys
from pathlib import Path

from tests.fuzz.bombs import BOMBS
from tests.fuzz.trial import RECORDS, Record


def test_no_bomb_goes_off(tmp_path: Path) -> None:
    """One interpreter with all parsers imported forks a process for each."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.bombs", str(tmp_path)], capture_output=True, text=True, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    lines = [line for line in told.stdout.splitlines() if line]
    record = RECORDS.setdefault("bombs (1 GB, 20 s)", Record())
    record.tried, record.refused = len(lines), sum(": refused: " in line for line in lines)
    assert told.returncode == 0, told.stderr
    assert len(lines) == len(BOMBS), told.stdout
    assert not [line for line in lines if ": refused: " not in line and not line.endswith("answered")], told.stdout
    assert "MemoryError" not in told.stdout
