"""`--dataset`: a corpus of pymovements' library, fetched from a server of the test's own, verified, and loaded."""

import hashlib
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ingest.fixations.library import fixation_files
from tests.asking import rows
from tests.small_corpus import COLUMNS, FACTS, ONE_TRIAL, WORDS, Corpus, ingest
from warehouse.database.connection import Database
from warehouse.errors import BadInput, UnknownName

pytest.importorskip("pymovements", reason="the extra [corpora] is not installed")

DEFINITION = """
name: Rivers
resources:
  - content: gaze
    source: {{url: "{url}/recordings.zip", filename: recordings.zip, md5: "0"}}
    filename_pattern: "{{subject_id}}.csv"
  - content: precomputed_events
    source: {{url: "{url}/fixations.zip", filename: fixations.zip, md5: "{md5}"}}
    filename_pattern: "reader_{{subject_id:d}}.tsv"
"""


class Quiet(SimpleHTTPRequestHandler):
    """Counts what it is asked for, and says nothing."""

    asked: list[str] = []  # noqa: RUF012 - shared by the requests

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server with an archive of two readers: its address and the archive's MD5."""
    folder = tmp_path_factory.mktemp("published")
    with zipfile.ZipFile(folder / "fixations.zip", "w") as archive:
        archive.writestr("reader_1.tsv", ONE_TRIAL)
        archive.writestr("reader_2.tsv", ONE_TRIAL.replace("anna", "bert"))
        archive.writestr("readme.txt", "none of these")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    md5 = hashlib.md5((folder / "fixations.zip").read_bytes(), usedforsecurity=False).hexdigest()
    yield f"http://127.0.0.1:{server.server_port}", md5
    server.shutdown()
    server.server_close()
    thread.join()


def definition(folder: Path, url: str, md5: str) -> str:
    path = folder / "rivers.yaml"
    path.write_text(DEFINITION.format(url=url, md5=md5))
    return str(path)


def test_what_is_fetched_is_told_verified_and_loaded_and_taken_from_its_folder_the_next_time(
    tmp_path: Path, new_database: Database, published: tuple[str, str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    url, md5 = published
    Quiet.asked.clear()
    corpus = Corpus(tmp_path, new_database)
    mapping = corpus.write("m.toml", FACTS.format(name="rivers") + COLUMNS)
    given = {
        "mapping": str(mapping), "words": (corpus.write("words.tsv", WORDS),), "directory": tmp_path / "kept",
        "dataset": definition(tmp_path, url, md5),
    }  # fmt: skip
    ingest(new_database, [], **given)
    assert rows(new_database, "SELECT subject_label FROM human.subject ORDER BY 1") == [("anna",), ("bert",)]
    into = tmp_path / "kept" / "downloads"
    told = f"Fetching fixations.zip of Rivers from {url}/fixations.zip into {into} (MD5 {md5})."
    assert told in caplog.messages
    asked = len(Quiet.asked)
    assert ingest(new_database, [], **given).inserted == 0
    assert len(Quiet.asked) == asked and set(Quiet.asked) == {"/fixations.zip"}


def test_a_file_that_is_another_is_refused_with_both_checksums(tmp_path: Path, published: tuple[str, str]):
    url, md5 = published
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "fixations.zip").write_bytes(b"another")
    with pytest.raises(BadInput, match=rf"its MD5 is b32d73e56ec99bc5ec8f83871cde708a, not {md5}; delete it to fetch"):
        fixation_files(definition(tmp_path, url, md5), tmp_path)


def test_a_corpus_that_cannot_be_fetched_is_told_with_what_to_do(tmp_path: Path):
    with pytest.raises(BadInput, match=r"cannot be fetched .*; try again, or fetch it in another way and lay it at"):
        fixation_files(definition(tmp_path, "http://127.0.0.1:9", "0"), tmp_path)
    assert list((tmp_path / "downloads").iterdir()) == []


OF_R = """
name: Rivers
resources:
  - content: precomputed_events
    source: {{url: "http://127.0.0.1:9/fix.rda", filename: fix.rda, md5: "{md5}"}}
    filename_pattern: "fix.rda"
    load_kwargs: {{r_dataframe_key: fix}}
"""


def test_data_of_r_are_read_by_pymovements_and_handed_on_as_a_table(tmp_path: Path):
    pandas, pyreadr = pytest.importorskip("pandas"), pytest.importorskip("pyreadr")
    (tmp_path / "downloads").mkdir()
    path = tmp_path / "downloads" / "fix.rda"
    frame = pandas.DataFrame(
        {"uniform_id": ["en_1", "en_1"], "itemid": [1.0, 1.0], "dur": [200, 180], "ianum": [1, None]}
    )
    pyreadr.write_rdata(str(path), frame, df_name="fix")
    told = tmp_path / "mine.yaml"
    told.write_text(OF_R.format(md5=hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()))
    (table,) = fixation_files(str(told), tmp_path)
    assert table.read_text().splitlines() == [
        "uniform_id\titemid\tdur\tianum", "en_1\t1.0\t200.0\t1.0", "en_1\t1.0\t180.0\tNA"
    ]  # fmt: skip


HOSTILE = {
    "code": "name: !!python/object/apply:os.getcwd []\n", "no text": "\0", "a list": "- a\n", "nothing": "",
    "other words": "name: Rivers\nrivers: 1\n", "a number": "name: Rivers\nresources: 5\n",
    "a file elsewhere": DEFINITION.format(url="http://127.0.0.1", md5=0).replace("fixations.zip,", "../fixations.zip,"),
    "a folder elsewhere": DEFINITION.format(url="http://127.0.0.1", md5=0).replace("Rivers", "../Rivers"),
    "a file of this machine": DEFINITION.format(url="file:///etc", md5=0),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_definition_that_is_none_or_leads_elsewhere_is_refused(tmp_path: Path, text: str):
    told = tmp_path / "rivers.yaml"
    told.write_text(text)
    with pytest.raises(BadInput, match=r"rivers\.yaml: (is not a definition of a dataset|names no dataset, or a file)"):
        fixation_files(str(told), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("name", ["fixations.zip", "fixations.tar"])
def test_an_archive_that_is_none_or_leads_elsewhere_is_refused(tmp_path: Path, name: str):
    told, downloads = tmp_path / "rivers.yaml", tmp_path / "kept" / "downloads"
    told.write_text(
        DEFINITION.format(url="http://127.0.0.1", md5=0).replace("fixations.zip", name).replace(', md5: "0"', "")
    )
    downloads.mkdir(parents=True)
    (tmp_path / "outside").write_text("1")
    (downloads / name).write_text("no archive")
    if name.endswith("tar"):
        with tarfile.open(downloads / name, "w") as archive:
            archive.add(tmp_path / "outside", "../../../escaped")
    with pytest.raises(BadInput, match=r"downloads: cannot be unpacked \("):
        fixation_files(str(told), tmp_path / "kept")
    assert not list(tmp_path.rglob("escaped")) and not (tmp_path.parent / "escaped").exists()


def test_a_name_that_is_not_in_the_library_and_a_corpus_without_fixations_are_told(tmp_path: Path):
    with pytest.raises(UnknownName, match=r"EMTeC"):
        fixation_files("emtek", tmp_path)
    with pytest.raises(BadInput, match="GazeBase: has no published fixations, only recordings of the eye"):
        fixation_files("gazebase", tmp_path)


def test_files_and_a_dataset_are_not_given_together(tmp_path: Path, new_database: Database):
    with pytest.raises(BadInput, match="is given beside files; give one of them"):
        ingest(new_database, [tmp_path / "f.tsv"], dataset="EMTeC", directory=None)
