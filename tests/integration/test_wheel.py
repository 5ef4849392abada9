"""What is built from the project works without it: a wheel in an environment of its own, outside of the checkout."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.schema.sqlfiles import sql_files

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("pyproject.toml", "README.md", "LICENSE", "warehouse", "ingest", "analytics", "sql", "alembic")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, with the build system that is installed: nothing is fetched."""
    pytest.importorskip("hatchling", reason="the wheel is built by hatchling, which is not installed")
    copy = tmp_path_factory.mktemp("copy with a space")
    for part in PARTS:
        source = ROOT / part
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, copy / part, ignore=ignored) if source.is_dir() else shutil.copy(source, copy)
    return built_in(copy)


def built_in(project: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (built,) = (project / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a new environment that takes the other packages from this one; give its programs."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    packages = place / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return place / "bin"


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory for an embedded server, stopped in the end; short, since others read its path too."""
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    yield directory
    shutil.rmtree(directory)


OTHERS = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "questions-of-others"
version = "1.0"
[project.entry-points."attention_warehouse.sources"]
texts = "questions.plain_text"
[project.entry-points."attention_warehouse.analyses"]
ceilings = "questions.pairwise_ceiling"
broken = "questions.broken"
[tool.hatch.build.targets.wheel]
packages = ["questions"]
"""


def installed_beside(programs: Path, project: Path) -> None:
    """Install a package of others, with the examples for contributors, beside an installed wheel."""
    (project / "questions").mkdir(parents=True)
    (project / "pyproject.toml").write_text(OTHERS)
    page = (ROOT / "CONTRIBUTING.md").read_text()
    examples = re.findall(r"^`(?:ingest|analytics)/(\w+\.py)`:\n\n```python\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    for name, text in [("__init__.py", ""), ("broken.py", "import a_package_that_is_not_there\n"), *examples]:
        (project / "questions" / name).write_text(text)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=project, check=True, capture_output=True
    )
    (built,) = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(programs.parent / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix))


def run(programs: Path, home: Path, *arguments: str) -> str:
    return ran(programs, home, *arguments).stdout


def ran(programs: Path, home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {"WAREHOUSE_HOME": str(home), "PATH": os.defpath, "HOME": str(home)}
    command = [programs / "python", "-P", "-m", "warehouse", *arguments]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


def test_the_wheel_holds_the_packages_the_sql_and_the_migrations(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"warehouse/_sql/{file.schema}/{file.path.name}" for file in sql_files()}
    expected |= {f"warehouse/_alembic/versions/{path.name}" for path in (ROOT / "alembic/versions").glob("*.py")}
    expected |= {"warehouse/_alembic/env.py", "ingest/reading_brain/oddities.toml"}
    assert expected <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "warehouse", "ingest", "analytics", "attention_warehouse",
    }  # fmt: skip


def test_the_program_of_the_wheel_is_called_warehouse(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "warehouse = warehouse.__main__:main" in archive.read(entry).decode()


def test_an_installed_wheel_upgrades_a_database_and_goes_the_whole_way(installed: Path, home: Path):
    where = subprocess.run(
        [installed / "python", "-P", "-c", "import warehouse; print(warehouse.__file__)"],
        cwd="/", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(installed.parent))
    try:
        assert "is at schema revision" in run(installed, home, "db", "upgrade")
        assert "simulated-large" in run(installed, home, "demo")
        assert "all in it is as this program makes it" in run(installed, home, "db", "check")
    finally:
        run(installed, home, "db", "stop")


def test_a_package_of_others_adds_a_source_and_an_analysis(installed: Path, home: Path, tmp_path: Path):
    installed_beside(installed, tmp_path / "project")
    (tmp_path / "text").write_text("Nobody reads this.\n")
    try:
        run(installed, home, "demo")
        done = ran(installed, home, "ingest", "plain-text", str(tmp_path / "text"), "--corpus", "mine")
        assert done.stdout.startswith("plain_text: 15 inserted")
        done = ran(installed, home, "compute", "pairwise-ceiling", "--measure", "count", "--dry-run")
        assert done.stderr.startswith(
            "Left out: questions.broken of questions-of-others cannot be imported "
            "(ModuleNotFoundError: No module named 'a_package_that_is_not_there'); correct or uninstall it.\n"
        )
        assert "pairwise" in done.stdout
        assert "human-resemblance" in run(installed, home, "compute", "--help")
    finally:
        run(installed, home, "db", "stop")
