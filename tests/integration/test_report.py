"""The report of a study: every exhibit, whole in itself, with its origin and its SQL."""

import csv
import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import STUDY, cloned
from warehouse.cli import main
from warehouse.compute import everything
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.progress import Progress
from warehouse.report.exhibits import exhibits
from warehouse.report.filling import Filled
from warehouse.report.writing import write_report

QUIET = Progress(quiet=True)
NEEDS_MORE = {"example_regions", "loss_scatter", "surprisal_fit", "divergence_test", "region_summary"}
"""Exhibits that the simulated study has nothing for: no brain data, no losses or surprisal, no reference pair."""


@pytest.fixture(scope="module")
def computed(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    with cloned(cluster, study_template) as database:
        for _ in everything.compute_all(database, STUDY, (), QUIET, resamples=10, subsets=3):
            pass
        yield database


@pytest.fixture(scope="module")
def written(computed: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Filled]]]:
    out = tmp_path_factory.mktemp("report")
    yield out, write_report(computed, out, (), QUIET)
    shutil.rmtree(out)


def test_every_exhibit_has_its_files(written: tuple[Path, list[Filled]]) -> None:
    out, filled = written
    assert {one.exhibit.name for one in filled if not one.pages} == NEEDS_MORE
    for one in filled:
        name = one.exhibit.name
        assert (out / f"{name}.md").stat().st_size > 0
        if one.pages:
            with (out / f"{name}.csv").open(encoding="utf-8") as file:
                assert len(list(csv.DictReader(file))) == len(one.rows)
        if one.pages and one.exhibit.figure:
            for form in ("svg", "png", "vl.json"):
                assert len(list(out.glob(f"{name}.*.{form}"))) == len(one.pages)


def test_no_picture_is_empty(written: tuple[Path, list[Filled]]) -> None:
    pictures = sorted(written[0].glob("*.png"))
    assert len(pictures) > 5
    for path in pictures:
        size, share = _drawn(path.read_bytes())
        assert min(size) > 300
        assert share > 0.005, path.name


def test_the_page_needs_nothing_else(written: tuple[Path, list[Filled]]) -> None:
    page = (written[0] / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|<link|@import", page)
    assert all(source.startswith("data:image/svg+xml;base64,") for source in re.findall(r'src="([^"]{0,40})', page))
    assert page.count("<figure") == sum(len(one.pages) for one in written[1] if one.exhibit.figure)


def test_a_picture_says_its_finding(written: tuple[Path, list[Filled]]) -> None:
    page = (written[0] / "index.html").read_text(encoding="utf-8")
    assert re.search(
        r'alt="Human resemblance by layer, saccade_count/consecutive. R2 / ceiling \[%\] by Layer. '
        r"L1, in-sample \(paper\): "
        r"highest [\d.]+ \(simulated-large at 5\), lowest ",
        page,
    )
    assert 'alt=""' not in page


def test_each_corpus_has_a_chapter_and_every_link_leads_somewhere(written: tuple[Path, list[Filled]]) -> None:
    page = (written[0] / "index.html").read_text(encoding="utf-8")
    assert '<h2 id="chapter-1">Corpus simulated</h2>' in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def _drawn(png: bytes) -> tuple[tuple[int, int], float]:
    """Give the size of a PNG of 8-bit RGBA, and the share of its bytes that are not those of white paper."""
    size, depth = struct.unpack(">II", png[16:24]), png[24:26]
    assert depth == b"\x08\x06"
    parts, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        parts.append(png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b"")
        at += length + 12
    raw = np.frombuffer(zlib.decompress(b"".join(parts)), np.uint8).reshape(size[1], 1 + 4 * size[0])
    return size, float((np.diff(raw[:, 1:].astype(int), axis=0) != 0).mean())


def test_captions_name_runs_readers_and_exclusions(written: tuple[Path, list[Filled]]) -> None:
    (curve,) = (one for one in written[1] if one.exhibit.name == "layer_curve")
    (shown,) = curve.pages
    assert re.search(r"Runs: \d+ \(compute human_resemblance, code 0\.1\.0\+\w+\)", shown.origin)
    assert "3 L1 readers, 4 L2 readers" in shown.origin
    assert "L1 sim-01 (looked anywhere instead of reading (planted))" in shown.origin
    page = (written[0] / "index.html").read_text(encoding="utf-8")
    assert shown.origin in page


def test_every_number_has_its_sql_beside_it(written: tuple[Path, list[Filled]]) -> None:
    for one in written[1]:
        text = (written[0] / f"{one.exhibit.name}.md").read_text(encoding="utf-8")
        assert not one.pages or one.exhibit.sql in text


def test_what_has_no_data_says_what_to_run(written: tuple[Path, list[Filled]]) -> None:
    page = (written[0] / "index.html").read_text(encoding="utf-8")
    assert "run `warehouse compute" not in page  # all that can be was run
    assert "slice.divergence_comparison is empty (Which divergences are tested against which others)" in page
    assert "0 models with both values: three are needed" in page
    assert page.count('class="missing"') == len(NEEDS_MORE)


def test_the_rows_are_those_of_the_view(written: tuple[Path, list[Filled]], computed: Database) -> None:
    (summary,) = (one for one in written[1] if one.exhibit.name == "model_summary")
    with computed.connect(read_only=True) as connection:
        wanted = connection.execute("SELECT 100 * resemblance FROM mart.model_summary ORDER BY 1").fetchall()
    assert sorted(row["in_sample_percent"] for row in summary.rows) == [value for (value,) in wanted]


def test_an_empty_warehouse_has_a_report_that_says_what_to_do(new_database: Database, tmp_path: Path) -> None:
    filled = write_report(new_database, tmp_path, (), QUIET)
    assert [one.exhibit.name for one in filled if one.pages] in ([], ["claim"])
    assert "Nothing to show" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_named(new_database: Database, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(BadInput, match="cannot be written to"):
        write_report(new_database, tmp_path / "taken" / "below", (), QUIET)


def test_the_command_counts_what_it_shows(
    new_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--quiet", "--dsn", new_database.dsn, "report", "--out", str(tmp_path / "report")])
    told = capsys.readouterr()
    assert f"of {len(exhibits())} exhibits have data" in told.out
    assert "model_summary: Nothing to show" in told.err
