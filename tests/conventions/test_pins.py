"""What is installed is what was pinned: versions and hashes, of uv too, which checks the others."""

import itertools
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINS = (ROOT / "constraints.txt").read_text()
BLOCKS = {re.match(r"[\w.-]+", block).group(): block for block in re.split(r"\n(?=\S)", PINS.strip())}  # type: ignore[union-attr]
INSTALLERS = [ROOT / "Makefile", ROOT / "docker-compose.yml"]


def test_everything_but_torch_is_pinned_by_version_and_hash():
    bare = {name for name, block in BLOCKS.items() if not re.match(r"\S+==\S+ .*\\\n {4}--hash=sha256:", block)}
    assert bare == {"torch"}
    assert BLOCKS["torch"] == "torch<2.14"


def test_the_pins_name_no_registry():
    assert re.findall(r"://|--(?:index|extra|find)\S*", PINS) == []


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    names = {re.match(r"[\w.-]+", each).group().lower() for each in wanted}  # type: ignore[union-attr]
    assert names - BLOCKS.keys() == set(), "run `make pins`"


@pytest.mark.parametrize("path", INSTALLERS, ids=lambda path: path.name)
def test_uv_is_installed_by_its_pin_and_everything_else_by_uv(path: Path):
    text = path.read_text()
    (cut,) = re.findall(r"sed -n ('.*?') \S*constraints\.txt", text)
    wanted = subprocess.run(
        ["bash", "-c", f"sed -n {cut.replace('$$', '$')} constraints.txt"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert wanted.strip() == BLOCKS["uv"]
    by_pip = re.findall(r"\bpip install .*", re.sub(r"uv pip install .*", "", text))
    assert [line for line in by_pip if "-r " not in line] == []
    assert all(" -c " in line for line in re.findall(r"uv pip install .*", text))


@pytest.mark.parametrize(("digest", "is_taken"), [("0" * 64, False), (None, True)], ids=["another file", "the file"])
def test_uv_refuses_a_file_of_another_hash(tmp_path: Path, digest: str | None, is_taken: bool):
    """The constraints' hashes are worth something: uv checks them though the requirements carry none."""
    if shutil.which("uv", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("uv is not installed in this environment")
    wheel = a_wheel(tmp_path)
    found = subprocess.run(["sha256sum", wheel], capture_output=True, text=True, check=True).stdout.split()[0]
    (tmp_path / "pins.txt").write_text(f"made-here==1.0 \\\n    --hash=sha256:{digest or found}\n")
    command = [sys.executable, "-m", "uv", "pip", "install", "--no-index", "--find-links", str(tmp_path), "--no-cache"]
    command += ["-c", str(tmp_path / "pins.txt"), "--target", str(tmp_path / "target"), "made-here"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode == 0) is is_taken, done.stderr
    assert ("Hash mismatch" in done.stderr) is not is_taken


def a_wheel(folder: Path) -> Path:
    path = folder / "made_here-1.0-py3-none-any.whl"
    facts = "made_here-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("made_here.py", "")
        archive.writestr(f"{facts}/METADATA", "Metadata-Version: 2.1\nName: made-here\nVersion: 1.0\n")
        archive.writestr(f"{facts}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{facts}/RECORD", "")
    return path
