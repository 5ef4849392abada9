"""Digests of code: of what decides numbers, whatever is said beside it and whoever runs it."""

import hashlib
from pathlib import Path

import pytest

from warehouse.plugin.code import _read_code

PLAIN = 'def answer(\n    asked="# none",\n) -> int:\n    return 42\n'
SAID = '''#!/usr/bin/env python
# Copyright of nobody.

"""A question with "quotes" in it."""


def answer(
    asked="# none",  # as ever: "nothing"
) -> int:
    r"""Give it.

    Not "another".
    """
    # it stands
    return 42
'''


def digest(folder: Path, text: str) -> str:
    module = folder / "question.py"
    module.write_text(text, encoding="utf-8")
    return _read_code.__wrapped__(module, "")[0]


def test_comments_and_docstrings_are_not_in_it(tmp_path: Path):
    assert digest(tmp_path, SAID) == digest(tmp_path, PLAIN)


def test_it_is_the_same_by_every_version_of_python(tmp_path: Path):
    assert digest(tmp_path, SAID) == hashlib.sha256(PLAIN.strip().encode()).hexdigest()


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("return 42", "return 420"),
        ("# none", "# some"),
        ("asked=", "what="),
        ("return 42", 'return """42"""'),
        ("    return 42", "return 42"),
    ],
)
def test_what_is_run_is_in_it(tmp_path: Path, written: str, changed: str):
    assert digest(tmp_path, PLAIN.replace(written, changed)) != digest(tmp_path, PLAIN)


def test_a_text_that_is_no_docstring_is_read_as_it_stands(tmp_path: Path):
    asked = 'ask(\n    """\n    SELECT 1  # one\n\n    """\n)\n'
    assert digest(tmp_path, asked) == hashlib.sha256(asked.strip().encode()).hexdigest()


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("import numbers.halves as halves", ["numbers.halves", "as", "halves"]),
        ("from .halves import HALF", ["here.halves", "here.halves.HALF"]),
        ("from . import (\n    halves,\n    thirds,\n)", ["here", "here.halves", "here.thirds"]),
        ("from numbers import halves, \\\n    thirds", ["numbers", "numbers.halves", "numbers.thirds"]),
        ("def f():\n    import halves", ["halves"]),
        ("important = 1", []),
    ],
)
def test_what_a_module_imports_is_followed(tmp_path: Path, written: str, names: list[str]):
    module = tmp_path / "question.py"
    module.write_text(written, encoding="utf-8")
    assert _read_code.__wrapped__(module, "here")[1] == names
