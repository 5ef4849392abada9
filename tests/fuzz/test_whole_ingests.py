"""Whole ingests into a database: what is refused leaves no row, whatever was damaged, and what is loaded is whole."""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.asking import row_counts
from tests.conftest import cloned
from tests.fuzz.damage import any_bytes, damaged
from tests.fuzz.test_texts import DEMOGRAPHICS, DESCRIPTION, EVENTS, SENTENCES
from tests.fuzz.trial import attempt, inputs
from warehouse import pipeline
from warehouse.database.server import EmbeddedServer
from warehouse.errors import WarehouseError
from warehouse.load.tally import Tally
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.transfer import export
from warehouse.transfer.export import manifest, verification

QUIET = Progress(quiet=True)
LEDGER = {"ops.run", "ops.run_input", "ops.worker", "ops.alembic_version"}
"""Tables that remember an ingest that was refused."""


class Target:
    """A database that is made anew when something was loaded into it."""

    def __init__(self, cluster: EmbeddedServer, template: str) -> None:
        self._cluster, self._template = cluster, template
        self._open()

    def _open(self) -> None:
        self._context = cloned(self._cluster, self._template)
        self.database = self._context.__enter__()
        self.before = row_counts(self.database, without=LEDGER)

    def close(self) -> None:
        self._context.__exit__(None, None, None)

    def ingest(self, parser: str, source: str, arguments: list[Any], **options: Any) -> Tally | WarehouseError:
        """Ingest; a refusal leaves every table as it was, and what is loaded a second time changes nothing."""

        def act() -> Tally:
            return pipeline.ingest(self.database, sources()[source], arguments, options, QUIET)

        found = attempt(parser, act, seconds=20, mb=100)
        after = row_counts(self.database, without=LEDGER)
        if isinstance(found, WarehouseError):
            partial = {name for name in after if after[name] != self.before[name]}
            assert not partial or self._whole_units(partial), partial
        if after != self.before:
            self.close()
            self._open()
        return found

    def _whole_units(self, changed: set[str]) -> bool:
        """Units before the one that was refused are whole, and the ledger has them."""
        return "ops.unit" in changed


@pytest.fixture(scope="module")
def target(cluster: EmbeddedServer, template: str) -> Iterator[Target]:
    opened = Target(cluster, template)
    yield opened
    opened.close()


FILES = {
    "sub-01/func/sub-01_task-read_run-1_events.tsv": EVENTS,
    "L1_adults_demographics.tsv": DEMOGRAPHICS,
    "dataset_description.json": DESCRIPTION,
    "../sentences.txt": SENTENCES,
}
DAMAGE = st.sampled_from(sorted(FILES)).flatmap(lambda name: st.tuples(st.just(name), any_bytes(FILES[name])))


@inputs(25, shrinks=False)
@given(damage=DAMAGE)
@example(damage=("../sentences.txt", SENTENCES))
@example(damage=("L1_adults_demographics.tsv", DEMOGRAPHICS.replace(b"Biology", b"\0")))
@example(damage=("../sentences.txt", SENTENCES.replace(b"three", b"x" * 9000)))
def test_a_damaged_study_is_loaded_whole_or_not_at_all(place: Path, target: Target, damage: tuple[str, bytes]) -> None:
    for name, content in {**FILES, damage[0]: damage[1]}.items():
        path = place / "study" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sentences = place / "sentences.txt"
    target.ingest("whole study", "reading_brain", [place / "study"], sentences=sentences)


@pytest.fixture(scope="module")
def exported(cluster: EmbeddedServer, study_template: str, place: Path) -> Path:
    with cloned(cluster, study_template) as database:
        export.export(database, place / "export", (), (), QUIET)
    return place / "export"


def spoil(folder: Path, name: str, content: bytes) -> None:
    """Put other bytes into a file of an export, with a manifest that vouches for them."""
    path = folder / name
    path.write_bytes(content)
    told = json.loads((folder / manifest.NAME).read_text(encoding="utf-8"))
    for file in told["files"]:
        if file["path"] == name:
            file |= {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    del told["sha256"]
    manifest.write(folder, told)


@inputs(12, shrinks=False)
@given(data=st.data())
def test_a_damaged_export_that_vouches_for_itself_is_loaded_whole_or_not_at_all(
    exported: Path, target: Target, data: st.DataObject
) -> None:
    copy = exported.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(exported, copy)
    names = sorted(path.relative_to(exported).as_posix() for path in exported.rglob("*.parquet"))
    name = data.draw(st.sampled_from(names))
    content = (exported / name).read_bytes()
    spoil(copy, name, data.draw(damaged(content)))
    target.ingest("Parquet export", "parquet", [copy])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=5,
)  # fmt: skip
KEYS = ("files", "format", "extractions", "schema_revision", "sources", "citations", "chosen", "version")
INNER = ("path", "bytes", "sha256", "table", "rows", "extraction_id", "digest", "files")


@inputs(100)
@given(key=st.sampled_from(KEYS), inner=st.sampled_from(INNER), value=JSON, deep=st.booleans(), keeps=st.booleans())
@example(key="files", inner="", value=None, deep=False, keeps=False)
def test_a_manifest_that_vouches_for_itself_is_read_or_refused(
    exported: Path, key: str, inner: str, value: Any, deep: bool, keeps: bool
) -> None:
    folder = exported.with_name("manifest")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    told = json.loads((exported / manifest.NAME).read_text(encoding="utf-8"))
    del told["sha256"]
    told["files"] = told["files"][:1] if deep else []
    place = told[key][0] if deep and isinstance(told[key], list) and told[key] else told
    place[inner if place is not told else key] = value
    if not keeps and place is told:
        del told[key]
    manifest.write(folder, told)
    attempt("manifest (vouched for)", lambda: verification.read(folder))


@inputs(300)
@given(content=st.one_of(JSON.map(lambda value: json.dumps(value).encode()), any_bytes(b'{"format": 1, "files": []}')))
@example(content=b"[" * 2000)
def test_any_manifest_is_read_or_refused(place: Path, content: bytes) -> None:
    folder = place / "any"
    folder.mkdir(exist_ok=True)
    (folder / manifest.NAME).write_bytes(content)
    found = attempt("manifest", lambda: verification.read(folder))
    assert isinstance(found, WarehouseError)


ARRAYS = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([0.0, 0.5, -1.0, np.nan, np.inf, 1.0])), max_size=4)


@pytest.fixture(scope="module")
def reading(cluster: EmbeddedServer, template: str, place: Path) -> Iterator[Target]:
    """A database with the text, into which attention is loaded."""
    folder = place / "sound"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    opened = Target(cluster, template)
    source = sources()["reading_brain"]
    pipeline.ingest(opened.database, source, [folder], {"sentences": place / "sentences.txt"}, QUIET)
    opened.before = row_counts(opened.database, without=LEDGER)
    yield opened
    opened.close()


@inputs(10, shrinks=False)
@given(content=any_bytes(b"x" * 200), layers=st.integers(1, 3))
def test_arrays_that_are_none_leave_nothing_of_their_extraction(
    place: Path, reading: Target, content: bytes, layers: int
) -> None:
    folder = place / "layers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    array = np.zeros((2, 2, 1, 4, 4), dtype="f4")
    for (article, position), n in {(0, 0): 3, (0, 1): 2, (1, 0): 4}.items():
        array[article, position, :, :n, :n] = np.tril(np.ones((n, n))) / np.arange(1, n + 1)[:, None]
    for layer in range(layers):
        np.save(folder / f"rb_p1_layer{layer}.npy", array)
    array.reshape(-1)[sum(content) % array.size] = 7.0  # the last layer is seen when the others are written
    np.save(folder / f"rb_p1_layer{layers}.npy", array)
    told = {"model": "toy", "family": "toy", "stage": "pretrained", "layer_count": 9}
    found = reading.ingest("whole arrays", "attention_arrays", [folder], **told)
    assert isinstance(found, WarehouseError)
