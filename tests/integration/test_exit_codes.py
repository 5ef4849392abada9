"""Every command ends with the code that docs/exit-codes.md gives: one case at least for each, through the program."""

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.command_line import Said, Warehouse, said
from tests.conftest import cloned
from tools.commands import commands
from warehouse import errors
from warehouse.cli import cli
from warehouse.cli.ending import INTERRUPTED, TERMINATED, UNREAD
from warehouse.cli.show import SUMMARIES
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import analyses, sources

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "postgresql://me@127.0.0.1:1/nowhere"
LEAVES = {" ".join(path): command for path, command in commands() if not isinstance(command, click.Group)}
ANALYSES = [name.replace("_", "-") for name in sorted(analyses())]
SHOWN = [
    *SUMMARIES,
    *(name.replace("_", "-") for name, analysis in sorted(analyses().items()) if analysis.shows),
]

CASES_OF = {
    "access embargo": [("corpus nowhere --until 2099-01-01", 3), ("planet mars", 2)],
    "access embargoes": [("", 0)],
    "access grant": [("pg_monitor --role reader", 3), ("anna --role king", 2)],
    "access lift": [("corpus nowhere", 3)],
    "access list": [("", 0)],
    "access revoke": [("nobody_of_this_name", 3)],
    "backup": [("/nowhere/x.backup", 3), ("/", 3)],
    "compute all": [("--dry-run", 0), ("--corpus nowhere", 3), ("--resamples 0", 3)],
    "dashboard": [("--port many", 2)],
    "db check": [("", 0)],
    "db checksums": [("--values-only", 0)],
    "db distribute": [("--dry-run", 0), ("", 4)],
    "db downgrade": [("9999", 3), ("", 2)],
    "db psql": [("-- -c 'SELECT 1'", 0), ("-- -v ON_ERROR_STOP=1 -c 'SELECT 1/0'", 1)],
    "db slow": [("--last none", 2)],
    "db start": [("", 3)],
    "db status": [("", 0)],
    "db stop": [("", 3)],
    "db upgrade": [("", 0), ("9999", 3)],
    "db url": [("", 0)],
    "demo": [("--nothing", 2)],
    "dictionary": [("", 0), ("nothing", 3)],
    "explain": [("1", 0), ("999999", 3)],
    "export parquet": [("/proc/nowhere", 3), ("", 2)],
    "forget corpus": [("nowhere --yes", 3), ("simulated --dry-run", 0), ("", 2)],
    "forget extraction": [("nowhere --yes", 3), ("simulated-small --dry-run", 0)],
    "forget subject": [("nobody --yes", 3)],
    "import": [("/nowhere", 3)],
    "plan": [("", 0), ("--corpus nowhere", 3), ("--leave-out t.99.99", 3)],
    "report": [("--out /proc/nowhere", 3)],
    "capacity": [("--sentences 100", 0), ("", 2), ("--sentences 0", 2)],
    "restore": [("/nowhere", 3)],
    "runs": [("", 0), ("1 --follow", 0), ("999999", 3), ("1 --job x", 3)],
    "status": [("", 0), ("--json", 0)],
    **{f"compute {name}": [("--dry-run", 0), ("--corpus nowhere", 3), ("--nothing", 2)] for name in ANALYSES},
    **{f"show {name}": [("--corpus nowhere", 3), ("--format none", 2)] for name in SHOWN},
    "ingest attention": [("--model /nowhere --corpus simulated", 3)],
    "ingest attention-arrays": [("/nowhere --model m --family f --stage pretrained --layer-count 1", 3)],
    "ingest fixations": [("/nowhere --mapping drift", 3), ("", 3)],
    "ingest simulated-incomplete": [("--dry-run", 0), ("--nothing", 2)],
    "ingest pair-features": [("/nowhere --corpus simulated", 3), ("", 2)],
    "ingest parquet": [("/nowhere", 3)],
    "ingest predictor-set": [("mine --of nothing", 3), ("mine", 2)],
    "ingest reading-brain": [("/nowhere --sentences /nowhere", 3)],
    "ingest roi-values": [("/nowhere --region r --group L1 --corpus nowhere", 3), ("", 2)],
    "ingest simulated-readers": [("--readers 4", 0), ("--readers 1", 3), ("--readers 4 --seed 5", 6)],
    "ingest untrained-model": [("--corpus nowhere", 3)],
    "ingest word-features": [("/nowhere --corpus simulated", 3), ("", 2)],
    "ingest word-frequency": [("--corpus nowhere", 3), ("", 2)],
}
CASES = [(command, words, code) for command, cases in CASES_OF.items() for words, code in cases]
REPLACED = {"db psql"}
"""Commands whose process becomes another program, and whose code is that program's."""


@pytest.fixture(scope="module")
def shared_study(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    """A simulated study for all cases: those that end with 0 here change nothing."""
    with cloned(cluster, study_template) as database:
        yield database


def program(*words: str, script: str = "warehouse") -> Said:
    """Run the program that is installed, in a process of its own."""
    command = [str(Path(sys.executable).with_name(script)), *words]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return Said(done.returncode, done.stdout, done.stderr)


def test_every_command_has_a_case() -> None:
    assert CASES_OF.keys() == LEAVES.keys()
    assert {f"ingest {name.replace('_', '-')}" for name in sources()} <= LEAVES.keys()


@pytest.mark.parametrize(("command", "words", "code"), CASES, ids=[" ".join(case[:2]) for case in CASES])
def test_a_command_ends_with_its_code(shared_study: Database, command: str, words: str, code: int) -> None:
    line = ["--dsn", shared_study.dsn, *command.split(), *shlex.split(words)]
    answer = program(*line) if command in REPLACED else said(*line)
    assert answer.code == code, answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", sorted(LEAVES))
def test_a_command_ends_with_2_for_an_option_that_is_not_there(command: str) -> None:
    if command in REPLACED:
        pytest.skip("what it does not know it hands on")
    assert said("--dsn", NOWHERE, *command.split(), "--nothing").code == 2


@pytest.mark.parametrize("command", ["plan", "compute all", "status", "db check", "runs", "show noise-ceiling"])
def test_a_command_ends_with_4_without_a_server_and_with_5_without_a_schema(
    command: str, empty_database: Database
) -> None:
    assert said("--dsn", NOWHERE, *command.split()).code == 4
    assert said("--dsn", empty_database.dsn, *command.split()).code == 5


def test_compute_all_ends_as_the_analysis_alone_does(shared_study: Database) -> None:
    """Once the code of what could not be done was told on standard error and 0 given back."""
    chosen = ["--dsn", shared_study.dsn, "compute"]
    alone = program(*chosen, "corrected-resemblance", "--resamples", "0")
    among_all = program(*chosen, "all", "--resamples", "0")
    assert (alone.code, among_all.code) == (3, 3)
    assert "corrected_resemblance: could not be done: --resamples: 0 is too small" in among_all.err


@pytest.mark.parametrize("script", ["warehouse", "python"])
def test_alone_it_prints_its_help_and_so_does_every_group(script: str) -> None:
    module = ["-m", "warehouse"] if script == "python" else []
    answer = program(*module, script=script)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == said("--help").out
    assert answer.out.startswith("Usage: warehouse [OPTIONS] COMMAND")
    for path, command in commands():
        if isinstance(command, click.Group) and path:
            assert said(*path) == said(*path, "--help"), path


def test_a_group_with_options_and_no_command_is_a_wrong_use() -> None:
    answer = program("--quiet")
    assert (answer.code, answer.out) == (2, "")
    assert "Missing command" in answer.err


def buffered(line: str) -> tuple[str, str]:
    """Run a line of a shell in which `W` is the program, whose output waits in a buffer as it usually does."""
    program = shlex.quote(str(Path(sys.executable).with_name("warehouse")))
    line = f"unset PYTHONUNBUFFERED; {line.replace('W ', f'{program} ', 1)}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    return done.stdout, done.stderr


@pytest.mark.parametrize("words", ["dictionary", "dictionary mart.corpus", "--help", "show"])
def test_output_that_nobody_reads_any_more_ends_it_in_silence(shared_study: Database, words: str) -> None:
    line = f"W --dsn {shared_study.dsn} {words} | true; echo ${{PIPESTATUS[0]}}"
    assert buffered(line) == (f"{UNREAD}\n", "")


def test_a_closed_output_is_written_to_nowhere(shared_study: Database) -> None:
    assert buffered(f"W --quiet --dsn {shared_study.dsn} show human-resemblance >&- <&-; echo $?") == ("0\n", "")


INTERRUPTED_AT_START = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *others):
        if name == "warehouse.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from warehouse.__main__ import main
main()
"""


def test_ctrl_c_before_the_program_has_begun_ends_it_in_silence() -> None:
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED_AT_START], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b"", b"")


def test_a_bug_ends_with_1_and_a_value_that_a_command_returns_is_no_code(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str) -> click.Command:
        raising = {"bug": lambda: 1 / 0, "returns": lambda: 7, "exits": lambda: click.get_current_context().exit(9)}
        return click.Command(name, callback=raising[name])

    monkeypatch.setattr(cli, "get_command", lambda _context, name: made(name))
    assert (warehouse("returns").code, warehouse("exits").code) == (0, 9)
    assert warehouse("--log-format", "json", "bug").code == 1
    with pytest.raises(ZeroDivisionError):
        warehouse("bug")


def test_the_readme_has_every_code_and_no_other() -> None:
    told = [int(code) for code in re.findall(r"^\| (\d+) \|", (ROOT / "docs/exit-codes.md").read_text(), re.MULTILINE)]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "exit_code")]
    assert told == sorted({0, 1, 2, INTERRUPTED, UNREAD, TERMINATED} | {kind.exit_code for kind in kinds})
