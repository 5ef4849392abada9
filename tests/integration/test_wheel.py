"""What is built from the project works without it: a wheel in an environment of its own, outside of the checkout."""

import os
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
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=copy, check=True, capture_output=True
    )
    (built,) = (copy / "dist").glob("*.whl")
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


def run(programs: Path, home: Path, *arguments: str) -> str:
    environment = {"WAREHOUSE_HOME": str(home), "PATH": os.defpath, "HOME": str(home)}
    command = [programs / "python", "-P", "-m", "warehouse", *arguments]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_packages_the_sql_and_the_migrations(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"warehouse/_sql/{file.floor}/{file.path.name}" for file in sql_files()}
    expected |= {f"warehouse/_alembic/versions/{path.name}" for path in (ROOT / "alembic/versions").glob("*.py")}
    expected |= {"warehouse/_alembic/env.py", "ingest/reading_brain/oddities.toml"}
    assert expected <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "warehouse", "ingest", "analytics", "attention_warehouse",
    }  # fmt: skip


def test_the_program_of_the_wheel_is_called_warehouse(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "warehouse = warehouse.cli:main" in archive.read(entry).decode()


def test_an_installed_wheel_upgrades_a_database_and_goes_the_whole_way(installed: Path, home: Path):
    where = subprocess.run(
        [installed / "python", "-P", "-c", "import warehouse; print(warehouse.__file__)"],
        cwd="/", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(installed.parent))
    try:
        assert "is at schema revision" in run(installed, home, "db", "upgrade")
        assert "simulated-large" in run(installed, home, "demo")
        assert "with all views and functions" in run(installed, home, "db", "check")
    finally:
        run(installed, home, "db", "stop")
