"""Sources and analyses of one's own, in a file given by name; and packages that are not ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.database.connection import Database
from warehouse.plugin import code, registry

QUESTION = """
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result

@analysis(over=("slice.reader_group",), reads=("readers",), unit=("corpus_id", "measure_id", "language_group"),
          writes=result.noise_ceiling, shows=("mart.noise_ceiling",))
def constant_ceiling(readers):
    "Say that every ceiling is a half."
    return {"ceiling_kind": ["leave_one_out"], "ceiling": [0.5], "standard_error": [None],
            "subject_count": [readers.shape[1]], "cell_count": [len(readers)], "missing_because": [None]}
"""


def run(*words: str, database: Database | None = None, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DATABASE_URL": database.dsn if database else "postgresql://127.0.0.1:1/none"}
    if path:
        environment["PYTHONPATH"] = str(path)
    command = [sys.executable, "-m", "warehouse", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=path)


@pytest.fixture
def question(tmp_path: Path) -> Path:
    path = tmp_path / "my question.py"
    path.write_text(QUESTION)
    return path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_analysis_in_a_file_is_computed_here_and_by_processes_beside(study: Database, question: Path, jobs: str):
    done = run("--plugin", str(question), "compute", "constant-ceiling", "--jobs", jobs, database=study)
    assert (done.returncode, done.stdout) == (0, "constant_ceiling: 8 inserted, 0 unchanged, 0 rejected\n"), done.stderr
    assert "no such" in run("compute", "constant-ceiling", database=study).stderr.lower()


def test_a_plugin_file_cannot_go_to_other_machines(study: Database, question: Path):
    done = run(
        "--plugin", str(question), "compute", "constant-ceiling", "--scheduler", "tcp://127.0.0.1:1", database=study
    )
    assert (done.returncode, done.stderr) == (
        3,
        f"Error: {question}: is on this machine only; install it on every worker, as a package with entry points.\n",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("def f(:\n", "SyntaxError: invalid syntax, line 1", id="syntax"),
        pytest.param("import nothing_at_all\n", "ModuleNotFoundError: No module named 'nothing_at_all'", id="import"),
        pytest.param(QUESTION.replace("unit=", "units="), "unexpected keyword argument 'units'", id="declaration"),
    ],
)
def test_a_file_that_cannot_be_imported_is_an_error_of_one_sentence(tmp_path: Path, text: str, said: str):
    path = tmp_path / "mine.py"
    path.write_text(text)
    done = run("--plugin", str(path), "compute", "--help")
    assert done.returncode == 3
    assert done.stderr.startswith(f"Error: {path}: cannot be imported (") and said in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_no_python_file_is_refused(tmp_path: Path):
    other = "is not a Python file; give a file that ends in .py"
    refused = {tmp_path: other, Path("README.md").resolve(): other}
    for path, why in {**refused, tmp_path / "missing.py": "no such file or directory; check the path"}.items():
        done = run("--plugin", str(path), "db", "status")
        assert (done.returncode, done.stderr) == (3, f"Error: {path}: {why}.\n")


def test_another_distributions_analytics_is_not_taken_for_ours(tmp_path: Path):
    (tmp_path / "analytics").mkdir()
    (tmp_path / "analytics" / "__init__.py").write_text("")
    done = run("compute", "--help", path=tmp_path)
    assert done.returncode == 3
    assert done.stderr == (
        f"Error: {tmp_path / 'analytics' / '__init__.py'}: is not the analytics of the attention warehouse but another "
        "distribution's; install the attention warehouse in an environment of its own.\n"
    )


def test_the_code_of_an_analysis_is_its_module_and_what_it_uses_of_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "questions_elsewhere"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "numerics.py").write_text('"""Halves."""\nHALF = 0.5\n')
    (package / "other.py").write_text("UNUSED = 1\n")
    (package / "ceiling.py").write_text("from . import numerics\ndef ceiling():\n    return numerics.HALF\n")
    monkeypatch.syspath_prepend(tmp_path)
    from questions_elsewhere.ceiling import ceiling

    analysis = registry.Analysis("ceiling", ceiling, (), (), (), ())

    def digest() -> str:
        code._read_code.cache_clear()
        return code.code_digest(analysis)

    before = digest()
    (package / "other.py").write_text("UNUSED = 2\n")
    (package / "numerics.py").write_text('"""What halves\n\nare."""\n\n# of one\nHALF = 0.5  # as a number\n')
    assert digest() == before
    (package / "numerics.py").write_text("HALF = 0.25\n")
    assert digest() != before
