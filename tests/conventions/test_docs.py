"""What the documents say is so: links lead somewhere, commands exist, queries print what stands below them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import psycopg
import pytest

from warehouse.cli import cli
from warehouse.database.connection import Database

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
EXAMPLES = dict(
    re.findall(r"^`([\w/]+\.\w+)`:\n\n```\w+\n(.*?)```$", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def console_lines(program: str) -> list[tuple[str, str]]:
    """Every line of a console block that calls a program, with its document."""
    blocks = [(name(document), block) for document in DOCUMENTS for block in BLOCK.findall(document.read_text())]
    lines = [
        (document, line.strip()) for document, (kind, text) in blocks if kind == "console" for line in text.split("\n")
    ]
    return [(document, line) for document, line in lines if line.startswith(f"{program} ")]


def is_of_an_example(line: str) -> bool:
    """Tell whether a command is made by an example for contributors, which is run at the end of this file."""
    return any(Path(path).stem.replace("_", "-") in line.split() for path in EXAMPLES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_relative_link_leads_somewhere(document: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, heading = target.partition("#")
        if "://" in target:
            continue
        linked = (document.parent / path).resolve() if path else document
        assert linked.exists(), target
        assert not heading or heading in headings(linked), target


def headings(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    ("document", "line"), [each for each in console_lines("warehouse") if not is_of_an_example(each[1])]
)
def test_every_command_in_the_documents_can_be_given(document: str, line: str):
    command, words, context = cli, shlex.split(line.partition(" > ")[0])[1:], None
    while isinstance(command, click.Group):
        context = command.make_context("warehouse", words, parent=context)
        _, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context("warehouse", words, parent=context)


@pytest.mark.parametrize(("document", "line"), console_lines("make"))
def test_every_make_target_in_the_documents_exists(document: str, line: str):
    assert re.search(rf"^{line.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_no_document_names_a_place_on_the_authors_machine():
    for document in [*DOCUMENTS, ROOT / "CITATION.cff", ROOT / "docker-compose.yml"]:
        assert not re.search(r"/(work|tmp|root|home)/", document.read_text()), document


def test_the_saccade_rule_of_ones_own_on_the_page_works(study: Database):
    (call,) = re.findall(r"`SELECT (fn\.add_saccade_rule\([^`]*\));`", (ROOT / "docs/sql.md").read_text())
    with study.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute(f"SELECT {call}")
        (count,) = connection.execute(
            "SELECT count(*) FROM human.saccade JOIN human.saccade_rule USING (saccade_rule_id) "
            "WHERE saccade_rule = 'first_two'"
        ).fetchone()
    assert count > 1000


def test_the_examples_for_contributors_work(study: Database, tmp_path: Path):
    for folder in ("warehouse", "ingest", "analytics", "sql", "alembic"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in EXAMPLES.items():
        (tmp_path / path).write_text(text)
    (tmp_path / "FILE").write_text("Nobody reads this.\nSome do.\n\nA second article.\n")
    run = Commands(tmp_path, study)

    run("db", "upgrade")
    assert run("ingest", "plain-text", "FILE", "--corpus", "mine").startswith("plain_text: 36 inserted")
    assert run("ingest", "plain-text", "FILE", "--corpus", "mine").startswith("plain_text: nothing to do")
    (kind,) = re.findall(r"^INSERT .*;$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    run.execute(kind)
    run("compute", "pairwise-ceiling", "--measure", "count", "--rule", "consecutive")
    assert run("show", "pairwise-ceiling").count("pairwise") == 2
    assert run.execute("SELECT count(*) FROM mart.reading_time") == [(24,)]
    run.execute("DROP VIEW mart.reading_time")


class Commands:
    """The command line of a copy of the project."""

    def __init__(self, directory: Path, database: Database) -> None:
        self._directory, self._database = directory, database

    def __call__(self, *words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self._directory), "DATABASE_URL": self._database.dsn}
        told = [sys.executable, "-m", "warehouse", *words]
        done = subprocess.run(told, capture_output=True, text=True, cwd=self._directory, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self._database.dsn) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []
