"""Digests of code: what it is compiled to is kept, and taken for no other."""

import importlib.util
import sys
from pathlib import Path

import pytest

from warehouse.plugin.code import _read_code


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return tmp_path / "question.py"


def digest(module: Path, text: str) -> str:
    module.write_text(text, encoding="utf-8")
    return _read_code.__wrapped__(module)[0]


def test_it_is_the_same_from_what_is_kept(module: Path):
    first = digest(module, "def answer():\n    return 42\n")
    kept = Path(importlib.util.cache_from_source(module, optimization=2))
    written = kept.stat().st_mtime_ns
    assert _read_code.__wrapped__(module)[0] == first
    assert kept.stat().st_mtime_ns == written


def test_another_number_is_other_code_and_a_comment_is_not(module: Path):
    first = digest(module, 'def answer():\n    """Give it."""\n    return 42\n')
    assert digest(module, 'def answer():\n    """Give it again."""\n    return 42  # as ever\n') == first
    assert digest(module, 'def answer():\n    """Give it."""\n    return 420\n') != first


def test_it_is_the_same_where_nothing_can_be_kept(module: Path, monkeypatch: pytest.MonkeyPatch):
    first = digest(module, "def answer():\n    return 42\n")
    Path(importlib.util.cache_from_source(module, optimization=2)).unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _read_code.__wrapped__(module)[0] == first
    assert not list(module.parent.rglob("*.pyc"))


def test_it_is_the_same_wherever_the_file_is(module: Path):
    first = digest(module, "def answer():\n    return 42\n")
    elsewhere = module.parent / "elsewhere"
    elsewhere.mkdir()
    assert digest(elsewhere / "question.py", module.read_text(encoding="utf-8")) == first
