"""The JavaScript in the dashboard is that of the library that draws the report."""

from pathlib import Path

import pytest


def test_the_bundle_is_of_the_versions_that_draw_the_report():
    pytest.importorskip("vl_convert", reason="the extra [figures] is not installed")
    from tools.bundle import FILE, versions

    root = Path(__file__).resolve().parents[2]
    with (root / FILE).open(encoding="utf-8") as file:
        assert file.readline() == f"// {versions()}\n"
