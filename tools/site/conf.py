"""Sphinx builds a site from the pages as they are: ``sphinx-build -W -c tools/site . build/docs``.

The pages are read where they lie, so that their links to each other and to files of the project hold in both places;
README is the first page, and `CONTENTS` is the order of the others.
"""

import importlib.metadata
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
CONTENTS = {
    "Tutorials": ["docs/first-hour", "docs/first-real-study", "docs/own-corpus"],
    "How to": ["docs/dashboard", "docs/sql", "docs/access", "docs/how-to/*"],
    "Reference": [
        "docs/commands", "docs/exit-codes", "docs/python", "docs/cookbook", "docs/data-dictionary", "docs/benchmarks",
        "docs/capacity", "docs/architectures", "CHANGELOG",
    ],
    "Explanation": [
        "docs/reading-brain", "docs/simulated-study", "docs/where-a-number-comes-from", "ARCHITECTURE", "CONTRIBUTING",
        "docs/decisions/index", "docs/decisions/0*",
    ],
}  # fmt: skip

project = "Attention Warehouse"
release = importlib.metadata.version("attention-warehouse")
root_doc = "README"
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [".*", "build", "dist"]  # else the environment's 60,000 files are looked through, twice
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = project
html_copy_source = html_show_sourcelink = html_show_sphinx = False
myst_heading_anchors = 3
napoleon_google_docstring = False
napoleon_use_ivar = True
autodoc_typehints = "none"


def add_contents(app: Any, name: str, source: list[str]) -> None:
    """Put the tables of contents below README, where the repository does not show them."""
    if name == root_doc:
        for caption, pages in CONTENTS.items():
            listed = "\n".join(pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{listed}\n```\n"


def add_first_page(app: Any, error: Exception | None) -> None:
    """Let the site be opened by its folder."""
    if not error:
        shutil.copyfile(Path(app.outdir) / "README.html", Path(app.outdir) / "index.html")


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("source-read", add_contents)
    app.connect("build-finished", add_first_page)
