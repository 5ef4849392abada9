"""Runs the tests that a change concerns: `python -m tools.changed [BASE]`, by default since the last commit.

A test file is concerned if it changed, or names something that did: a module, a module that imports that one, a SQL
object, a page. Revisions, pins and the common fixtures concern all tests. It is a choice while one works: before
a push `make test` runs everything.
"""

import re
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
EVERYTHING = ("alembic/", "pyproject.toml", "constraints.txt", "tests/conftest.py")


def changed(base: str) -> list[str]:
    """Name the files that differ from a commit, new ones included."""
    told = [["diff", "--name-only", base], ["ls-files", "--others", "--exclude-standard"]]
    found = (subprocess.run(["git", *one], cwd=ROOT, check=True, capture_output=True, text=True).stdout for one in told)
    return sorted({line for text in found for line in text.splitlines()})


def names(path: str, graph: grimp.ImportGraph) -> list[str]:
    """Give the names by which a test may know a file: modules, a SQL object, or its path."""
    file = Path(path)
    if file.suffix == ".sql":
        return [f"{file.parent.name}.{file.stem}"]
    if file.suffix != ".py":
        return [path, file.name]
    module = ".".join((file.parent if file.name == "__init__.py" else file.with_suffix("")).parts)
    users = graph.find_modules_that_directly_import(module) if module in graph.modules else set()
    return [form for one in {module, *users} for form in (one, "from {} import {}".format(*one.rpartition(".")[::2]))]


def concerned(paths: list[str]) -> list[str]:
    """Choose the test files that changed files concern; `tests` where that is all of them."""
    if any(path.startswith(EVERYTHING) for path in paths):
        return ["tests"]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in ROOT.glob("tests/**/test_*.py")}
    graph = grimp.build_graph("warehouse", "ingest", "analytics", cache_dir=None)
    found = {path for path in paths if path in texts}
    for path in paths:
        word = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?!\w)" for name in names(path, graph)))
        found |= {test for test, text in texts.items() if word.search(text)}
    return sorted(found)


def main(base: str = "HEAD") -> int:
    """Run pytest on what is concerned; 0 where nothing is."""
    tests = concerned(changed(base))
    print(f"{len(tests)} test files: {' '.join(tests)}")  # noqa: T201
    return subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=ROOT, check=False).returncode if tests else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
