"""The tutorial "Your own corpus in ten minutes", command by command, on files such as it shows."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.command_line import Said, said
from warehouse.database.connection import Database

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "own-corpus.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
MAPPING = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
HEADER = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0].splitlines()[0]
SYLLABLES = ("ri", "ver", "sand", "car", "ry", "long", "to", "sea", "by", "night")


def write_files(folder: Path) -> None:
    """Write a report and words in the forms that the page shows: six readers of six texts."""
    rng = np.random.default_rng(1)
    texts = {f"t{t}": [["".join(rng.choice(SYLLABLES, 2)) for _ in range(rng.integers(5, 9))] for _ in range(3)]
             for t in range(1, 7)}  # fmt: skip
    words = [f"{page}\t{s}\t{i}\t{word}" for page, sentences in texts.items() for s, sentence in enumerate(sentences)
             for i, word in enumerate(sentence)]  # fmt: skip
    (folder / "words.tsv").write_text("\n".join(["page\tsentence\tposition\ttext", *words]) + "\n")
    lines = [HEADER]
    for reader in range(1, 7):
        for page, sentences in texts.items():
            shown, word, start = [word for sentence in sentences for word in sentence], 0, 100
            for index in range(1, 60):
                duration = int(rng.integers(120, 320))
                on = index % 17 != 0
                told = f"{word + 1},{shown[word]}" if on else ".,."
                lines.append(f"P{reader:02},{page},{index},{start},{duration},{told}")
                start += duration + 30
                step = 1 if rng.random() < 0.65 else -int(rng.integers(0, 3))
                word = min(max(word + step, 0), len(shown) - 1)
    (folder / "report.csv").write_text("\n".join(lines) + "\n")


def run(database: Database, command: str) -> Said:
    """Run a command of the page, in this process if it does not become another program, and write what it prints."""
    line, _, file = command.partition(" > ")
    words = ["--quiet", "--dsn", database.dsn, *shlex.split(line)[1:]]
    if "psql" not in words:
        answer = said(*words)
    else:
        done = subprocess.run([sys.executable, "-m", "warehouse", *words], capture_output=True, text=True)
        answer = Said(done.returncode, done.stdout, done.stderr)
    if file:
        Path(file).write_text(answer.out)
    return answer


@pytest.mark.slow
def test_every_command_of_the_tutorial_does_what_the_page_says(
    new_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("torch")
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    told = {}
    for command in COMMANDS:
        answer = run(new_database, command)
        assert answer.code == 0, (command, answer.err)
        told[command] = answer.out
        if "--suggest" in command:
            suggested = (tmp_path / "mapping.toml").read_text()
            for field in ("reader", "order", "start_ms", "duration_ms", "word"):
                (wanted,) = re.findall(rf'^{field} = ".*"$', MAPPING, re.MULTILINE)
                assert wanted in suggested
            (tmp_path / "mapping.toml").write_text(MAPPING)
    assert len(told) == len(COMMANDS) == 7
    tried, loaded, words, *_, curve = (told[command] for command in COMMANDS[1:])
    assert tried.startswith("Reader P01 (L1), t1: the words, and below each its fixations")
    assert loaded.startswith("fixations: ")
    assert "gaze" in words
    first = [line.split()[0] for line in curve.splitlines() if line]
    assert first[first.index("-----") + 1 :][:4] == ["0", "1", "2", "3"]
