"""Where fuzzed files lie, and the table that is printed at the end."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fuzz import trial


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder for a module's files, each overwritten by the next."""
    with TemporaryDirectory(prefix="fuzz") as directory:
        yield Path(directory)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if trial.RECORDS:
        terminalreporter.section("inputs tried")
        terminalreporter.write_line(trial.table())
