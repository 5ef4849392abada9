"""The command line: whatever words are given to whatever command, the answer is an exit code and one sentence."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.command_line import said
from tests.fuzz.trial import LONGEST, RECORDS, Record, attempt, inputs
from tools.commands import commands
from warehouse.database.connection import Database

CODES = {0, 2, 3, 4, 5, 6, 7, 8}
UNTRIED = {"dashboard", "demo", "db psql", "db start", "db stop", "restore", "runs"}
"""Commands that serve, become another program, take seconds, act on a server or follow others: only read, not run."""
DRY = {"ingest", "compute", "forget"}
"""Commands that are run with --dry-run."""
WORDS = (
    "", " ", "-", "--", "--help", "-h", "--nothing", "x", "0", "-1", "1", "1.5", "9" * 30, "9" * 5000, "1e400", "nan",
    "inf", "all", "base", "head", "head-1", "base:head", "+1", "-9", "0001", "9999", "%s", "%(x)s", "{}",
    "'", '"', "\\",
    "model=", "=", "model=x", "run_id=1", "mart.model_summary", "human.fixation", "ops.run", "1/1", "7/31", "\u0661",
    "na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve", "\N{GRINNING FACE}", "\u202e", "\x1b[31m", "\n", "\udcff", "\0",
    "simulated", "simulated-large", "plain", "consecutive", "L1", "count", "reader", "corpus", "group", "extraction",
    "2099-01-01", "0000-00-00", "9999-12-31", "fuzz_somebody", "x" * 3000, "/dev/null", "/dev/full", "/", ".", "..",
    "/nowhere/at/all", "x" * 300,
)  # fmt: skip


COMMANDS = {path: command for path, command in commands() if not isinstance(command, click.Group)}
WORD = st.one_of(st.sampled_from(WORDS), st.text(max_size=12), st.integers().map(str), st.floats().map(str))


@st.composite
def given_words(draw: st.DrawFn, among: list[tuple[str, ...]]) -> list[str]:
    """Draw a command, some of its options with values that may fit, and other words."""
    path = draw(st.sampled_from(among))
    options = [one for one in COMMANDS[path].get_params(click.Context(COMMANDS[path])) if one.name != "help"]
    words = list(path)
    for option in draw(st.lists(st.sampled_from(options), max_size=4)) if options else []:
        named = [] if isinstance(option, click.Argument) else [draw(st.sampled_from(option.opts))]
        is_flag = isinstance(option, click.Option) and option.is_flag
        words += named + ([] if is_flag else [draw(_value(option.type))])
    return words + draw(st.lists(WORD, max_size=2))


def _value(kind: click.ParamType[Any]) -> st.SearchStrategy[str]:
    if isinstance(kind, click.Choice):
        return st.sampled_from([str(choice) for choice in kind.choices]) | WORD
    return st.integers(-3, 40).map(str) | WORD if kind.name in ("integer", "integer range") else WORD


def check(parser: str, words: list[str]) -> None:
    code, _, err = attempt(parser, lambda: said(*words), seconds=20, mb=400)  # type: ignore[misc]
    RECORDS.setdefault(parser, Record()).refused += code != 0
    assert code in CODES, (code, err[-2000:])
    assert "Traceback" not in err
    assert len(err) < 2 * LONGEST + 2000
    assert not any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in err), err
    if code not in (0, 2):
        assert err.strip().splitlines()[-1].endswith((".", "?")), err


@inputs(200)
@given(words=given_words(sorted(COMMANDS)))
@example(words=["report", "--out", "x\0"])
@example(words=["ingest", "attention-arrays", "\udcff", "--model", "x"])
def test_words_are_read_or_refused_before_anything_is_done(words: list[str]) -> None:
    if words[:2] != ["db", "psql"]:  # it becomes another program
        check("words", ["--dsn", "oracle://nowhere", *words])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[None]:
    """An empty folder of which words may make a mess."""
    home = Path.cwd()
    os.chdir(tmp_path)
    yield
    os.chdir(home)


RUN = [path for path in sorted(COMMANDS) if path[0] not in UNTRIED and " ".join(path) not in UNTRIED]


@inputs(15, shrinks=False)
@given(words=given_words(RUN))
@example(words=["show", "human-resemblance", "--model", "\0"])
@example(words=["explain", "9" * 30])
@example(words=["explain", "9" * 5000])
@example(words=["explain", "mart.model_summary", "model=\0"])
@example(words=["export", "parquet", "."])
@example(words=["export", "parquet", "new", "--run", "9" * 30])
@example(words=["export", "parquet", "x" * 300])
@example(words=["report", "--out", "/dev/null"])
@example(words=["ingest", "reading-brain", "x" * 300, "--sentences", "y" * 300])
@example(words=["ingest", "simulated-readers", "--readers", "9" * 30])
@example(words=["ingest", "simulated-readers", "--seed", "9" * 30])
@example(words=["compute", "corrected-resemblance", "--seed", "-1"])
@example(words=["plan", "--sizes", "nan"])
@example(words=["db", "upgrade", "base:head"])
@example(words=["db", "downgrade", "-9"])
@example(words=["access", "embargo", "corpus", "simulated", "--until", "9999-12-31"])
def test_any_command_ends_with_a_code_and_a_sentence(study: Database, elsewhere: None, words: list[str]) -> None:
    if "--help" in words or (words[:2] == ["db", "downgrade"] and words[-1] == "base"):
        return
    dry = ["--dry-run"] if words[0] in DRY and "--dry-run" not in words else []
    check("commands", ["--dsn", study.dsn, words[0], *words[1:], *dry])
