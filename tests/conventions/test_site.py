"""The site of the documentation is built without a warning, and needs nothing from elsewhere when it is looked at."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FETCHED = re.compile(r"""<(?:script|img|iframe)[^>]*\ssrc="(?:https?:)?//|<link(?=[^>]*stylesheet)[^>]*href="\w*:?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx", reason="the extra [docs] is not installed")
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "tools/site", ".", str(place)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    return place


def test_every_page_is_in_the_site_and_in_its_contents(site: Path):
    first = (site / "index.html").read_text()
    for page in [*ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md"]:
        path = page.relative_to(ROOT).with_suffix(".html").as_posix()
        assert (site / path).is_file() and f'href="{path}"' in first, path


def test_nothing_is_fetched_when_a_page_is_looked_at(site: Path):
    for page in site.rglob("*.html"):
        assert not FETCHED.search(page.read_text()), page.name


def test_the_page_on_python_shows_the_docstrings(site: Path):
    text = (site / "docs/python.html").read_text()
    assert all(f'id="warehouse.{name}"' in text for name in ("pipeline.ingest", "pipeline.compute", "errors.BadInput"))
