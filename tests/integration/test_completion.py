"""The Tab key: what the page on the server says to put into a shell's start-up file, run by that shell."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/server.md").read_text()
LINES = {
    shell: line.replace("\\|", "|") for shell, line in re.findall(r"^\| (bash|zsh|fish) \|.*\| `(.*)` \|$", PAGE, re.M)
}
ASK = {
    "bash": """
        {line}
        COMP_WORDS=({words}) COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        _warehouse_completion warehouse
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """,
    "zsh": """
        compdef() {{ }}; compadd() {{ print -l -- ${{(P)5}} }}; _describe() {{ print -l -- ${{(P)3}} }}
        {line}
        words=({words}); CURRENT=$#words
        _warehouse_completion
    """,
    "fish": """
        {line}
        complete -C "{plain}"
    """,
}
HEAVY = {"numpy", "scipy", "sqlalchemy", "psycopg", "alembic"}


def completed(shell: str, *words: str) -> list[str]:
    """Give what a shell offers for the last word; a word's own description is cut off."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here: apt-get install {shell}")
    quoted = " ".join(f"'{word}'" for word in words)
    script = ASK[shell].format(line=LINES[shell], words=quoted, plain=" ".join(words))
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [shell, *(["-f"] if shell == "zsh" else []), "-c", script],
        env={**os.environ, "PATH": programs}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [re.split(r"[:\t]", line)[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param(["d"], ["dashboard", "db", "demo", "dictionary"], id="command"),
        pytest.param(["db", "st"], ["start", "status", "stop"], id="command of a group"),
        pytest.param(["compute", "human-resemblance", "--mo"], ["--model"], id="option"),
        pytest.param(["compute", "noise-ceiling", "--measure", "du"], ["duration"], id="value"),
    ],
)
def test_the_tab_key_completes(shell: str, words: list[str], offered: list[str]) -> None:
    assert completed(shell, "warehouse", *words) == offered


def test_the_names_of_commands_are_completed_without_importing_them() -> None:
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from warehouse.cli import main; main([])"
    )
    around = {**os.environ, "_WAREHOUSE_COMPLETE": "bash_complete", "COMP_WORDS": "warehouse ", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=around, capture_output=True, text=True)
    assert "plain,human-resemblance" not in done.stdout and "plain,compute" in done.stdout
    assert HEAVY & {name.partition(".")[0] for name in done.stderr.split()} == set()
