"""Exports of others, with checksums that vouch for them: what no export holds is refused, and nothing of it remains."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ingest.parquet.checks import _check_values
from tests.asking import row_counts, rows
from tests.conftest import cloned
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, WarehouseError
from warehouse.load import source_items
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema.tables import metadata
from warehouse.transfer import export
from warehouse.transfer.export import manifest, verification

QUIET = Progress(quiet=True)
ATTENTION = "model/attention/extraction_1"
LEDGER = {"ops.run", "ops.run_input", "ops.worker"}
"""What remembers an import that was refused."""
Change = Callable[[Path, dict[str, Any]], object]


def load(database: Database, directory: Path) -> Any:
    return pipeline.ingest(database, sources()["parquet"], [directory], {}, QUIET)


def counts(database: Database) -> dict[str, int]:
    partitions = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^attention_[0-9]'"
    ((count,),) = rows(database, partitions)
    return {**row_counts(database, without=LEDGER), "partitions": count}


@pytest.fixture(scope="module")
def sound(cluster: EmbeddedServer, study_template: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "sound"
    with cloned(cluster, study_template) as database:
        export.export(database, path, (), (), QUIET)
    return path


@pytest.fixture(scope="module")
def empty(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """One warehouse for all that is refused."""
    with cloned(cluster, template) as database:
        yield database


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "copy")
    return tmp_path / "copy"


def vouched(directory: Path, change: Change) -> Path:
    """Change an export, and let its manifest vouch for what it is then."""
    told = json.loads((directory / manifest.NAME).read_text(encoding="utf-8"))
    change(directory, told)
    for file in told["files"]:
        path = directory / file["path"]
        if path.is_file() and not path.is_symlink():
            file |= {"bytes": path.stat().st_size, "sha256": sha256(path.read_bytes()).hexdigest()}
    told.pop("sha256", None)
    manifest.write(directory, told)
    return directory


def table(name: str, act: Callable[[pa.Table], pa.Table], *, recount: bool = False, rows: int = 0) -> Change:
    """Change a table; `recount` lets the manifest have its new number of rows."""

    def change(directory: Path, told: dict[str, Any]) -> None:
        path = directory / f"{name}.parquet"
        changed = act(pq.read_table(path))
        with pq.ParquetWriter(path, changed.schema, compression="zstd") as writer:
            layers = sorted(set(changed.column("layer").to_pylist())) if "weights" in changed.column_names else []
            for layer in [] if rows else layers:
                writer.write_table(changed.filter(pc.equal(changed.column("layer"), layer)))
            if rows or not layers:
                writer.write_table(changed, row_group_size=rows or 65536)
        if recount:
            next(one for one in told["files"] if one["path"] == f"{name}.parquet")["rows"] = len(changed)

    return change


def column(name: str, act: Callable[[list[Any]], list[Any]]) -> Callable[[pa.Table], pa.Table]:
    def change(found: pa.Table) -> pa.Table:
        field = found.schema.field(name).with_nullable(True)
        values = pa.array(act(found.column(name).to_pylist()), field.type)
        return found.set_column(found.schema.get_field_index(name), field, values)

    return change


def first(value: Any) -> Callable[[list[Any]], list[Any]]:
    return lambda values: [value, *values[1:]]


def weights(value: float) -> Change:
    return table(ATTENTION, column("weights", lambda values: [[value] * len(values[0]), *values[1:]]))


def told(**facts: Any) -> Change:
    return lambda _, manifest: manifest.update(facts)


def without_content(_: Path, manifest: dict[str, Any]) -> None:
    for each in manifest["extractions"]:
        del each["content"]


def listed(path: str, of: str | None = None) -> Change:
    file = {"path": path, "bytes": 1, "sha256": "0" * 64, "table": of, "rows": 1}
    return lambda _, manifest: manifest["files"].append(file)


def unlisted(path: str) -> Change:
    return lambda _, manifest: manifest.update(files=[one for one in manifest["files"] if one["path"] != path])


def linked(directory: Path, _: dict[str, Any]) -> None:
    path = directory / "human/fixation.parquet"
    shutil.move(path, directory.parent / "elsewhere.parquet")
    path.symlink_to(directory.parent / "elsewhere.parquet")


def linked_folder(directory: Path, _: dict[str, Any]) -> None:
    shutil.move(directory / "human", directory.parent / "elsewhere")
    (directory / "human").symlink_to(directory.parent / "elsewhere")


def piped(directory: Path, _: dict[str, Any]) -> None:
    (directory / "human/fixation.parquet").unlink()
    os.mkfifo(directory / "human/fixation.parquet")


def piped_beside(directory: Path, _: dict[str, Any]) -> None:
    os.mkfifo(directory / "human/x")


def beside(directory: Path, _: dict[str, Any]) -> None:
    (directory / "human/._fixation.parquet").write_bytes(b"")


def lost_layers(found: pa.Table) -> pa.Table:
    """Layer 0 keeps the first half of its cells, layer 1 the second."""
    layers = [found.filter(pc.equal(found.column("layer"), layer)) for layer in (0, 1)]
    half = len(layers[0]) // 2
    return pa.concat_tables([layers[0].slice(0, half), layers[1].slice(half)])


def of_sentence(found: pa.Table) -> pa.Table:
    least = pc.min(found.column("sentence_id"))
    return found.filter(pc.not_equal(found.column("sentence_id"), least))


def many_rows(directory: Path, told: dict[str, Any]) -> None:
    path = directory / "human/exclusion.parquet"
    some = pq.read_table(path).slice(0, 1)
    many = pa.concat_tables([some] * 100_000).combine_chunks()
    pq.write_table(many, path, row_group_size=1 << 20)
    next(one for one in told["files"] if one["path"] == "human/exclusion.parquet")["rows"] = len(many)


LONG = "a" * (2 << 20)
ODD = [
    pytest.param(listed("../../etc/passwd"), "path is '../../etc/passwd'", id="a path that leads out"),
    pytest.param(listed("/etc/passwd"), "path is '/etc/passwd'", id="a path of another place"),
    pytest.param(listed("human/x.parquet", "human.fixation"), "is missing", id="a file that is not there"),
    pytest.param(linked, "is not a plain file", id="a link"),
    pytest.param(linked_folder, "is not a plain file", id="a link to a folder"),
    pytest.param(piped, "is not a plain file", id="a pipe"),
    pytest.param(piped_beside, "is not a plain file", id="a pipe that is not named"),
    pytest.param(beside, r"is not named in manifest\.json", id="a file that is not named"),
    pytest.param(unlisted("human/fixation.parquet"), r"is not named in manifest\.json", id="a table not named"),
    pytest.param(unlisted(f"{ATTENTION}.parquet"), r"is not named in manifest\.json", id="attention not named"),
    pytest.param(told(schema_revision="0099"), "written at schema revision 0099", id="a newer schema"),
    pytest.param(told(schema_revision=None), "schema_revision is None", id="no schema"),
    pytest.param(told(junk=["x" * 1000] * 20_000), "is larger than 16 MiB", id="a manifest of 20 MB"),
    pytest.param(told(junk=json.loads("[" * 900 + "]" * 900)), "junk is not known", id="a deep manifest"),
    pytest.param(told(extractions=[]), "does not fit together", id="no facts of extractions"),
    pytest.param(weights(float("nan")), "not finite numbers", id="weights that are none"),
    pytest.param(weights(float("inf")), "not finite numbers", id="endless weights"),
    pytest.param(table(ATTENTION, column("weights", first(None))), "no value in some rows of weights", id="a null"),
    pytest.param(
        table("model/extraction", column("stored_as", first("half"))),
        r"simulated-\w+/plain/raw, layer 0: holds [\d,]+ weights that float16 does not hold exactly",
        id="more bits than it says",
    ),
    pytest.param(table("model/extraction", column("stored_as", first("x"))), "stored_as", id="stored in another way"),
    pytest.param(weights(-5.0), "negative", id="negative weights"),
    pytest.param(weights(1.5), "sums to", id="a row that sums to more than 1"),
    pytest.param(weights(0.123), "its weights are not those of its digest", id="a row of other weights"),
    pytest.param(
        table(ATTENTION, column("weights", lambda all_: [each[::-1] for each in all_])),
        "its weights are not those of its digest",
        id="heads in another order",
    ),
    pytest.param(without_content, "does not say what its attention holds", id="no checksum of its weights"),
    pytest.param(
        table(ATTENTION, column("weights", lambda all_: [all_[0] + [0.0], all_[1][:-1], *all_[2:]])),
        "arrays of several lengths",
        id="ragged weights",
    ),
    pytest.param(table(ATTENTION, column("weights", lambda all_: [[] for _ in all_])), "of none", id="no weights"),
    pytest.param(
        table(ATTENTION, column("weights", lambda all_: [each[:1] for each in all_])), "fewest heads", id="one head"
    ),
    pytest.param(table(ATTENTION, lambda found: found.slice(5)), "rows where the manifest says", id="fewer rows"),
    pytest.param(
        table(ATTENTION, lambda found: found.slice(5), recount=True), "word pairs of sentence", id="less cells"
    ),
    pytest.param(table(ATTENTION, of_sentence, recount=True), "has 0 word pairs of sentence", id="a sentence less"),
    pytest.param(
        table(ATTENTION, lost_layers, recount=True, rows=10**6), "layers are|word pairs", id="halves of layers"
    ),
    pytest.param(
        table(ATTENTION, lambda found: pa.concat_tables([found, found.slice(0, 5)]), recount=True),
        "twice, or not in the order",
        id="cells twice",
    ),
    pytest.param(
        table(ATTENTION, lambda found: found.take(list(range(len(found)))[::-1])), "twice, or not in", id="back"
    ),
    pytest.param(
        table(ATTENTION, column("sentence_id", lambda all_: [999999] * len(all_))),
        "twice|fit together",
        id="other sentences",
    ),
    pytest.param(
        table("human/fixation", column("duration_ms", first(-5))), "check|violates|fixation", id="negative time"
    ),
    pytest.param(
        table("human/fixation", column("duration_ms", first(None))), "has no value|fit together", id="no time"
    ),
    pytest.param(
        table("human/fixation", column("start_ms", lambda all_: [7] * len(all_))),
        "does not begin after",
        id="fixations at one time",
    ),
    pytest.param(
        table("human/fixation", column("word_position", first(99))),
        "a word that the sentence does not have",
        id="a word that is not there",
    ),
    pytest.param(
        table("human/subject", column("subject_id", lambda all_: [all_[1], *all_[1:]])),
        "twice, or not in",
        id="an id twice",
    ),
    pytest.param(
        table("human/subject", column("subject_label", lambda all_: [all_[1], *all_[1:]])),
        "of one name",
        id="a reader twice",
    ),
    pytest.param(
        table("human/subject", lambda found: found.slice(1), recount=True), "names human.subject", id="a reader less"
    ),
    pytest.param(table("result/human_resemblance", column("r2", first(float("nan")))), "not finite", id="no r2"),
    pytest.param(table("result/human_resemblance", column("r2", first(99.0))), "values of r2 above 1", id="r2 of 99"),
    pytest.param(
        table("model/language_model", column("model", first("evil\x1b[2J\x1b]0;owned\x07"))),
        "name",
        id="a name for the terminal",
    ),
    pytest.param(table("model/language_model", column("model", first("a\0b"))), "name", id="a name of NUL"),
    pytest.param(table("model/language_model", column("model", first("=cmd|'/c calc'!A1"))), "name", id="a formula"),
    pytest.param(table("model/language_model", column("family", first("a\x1b[31m"))), "control", id="a colour"),
    pytest.param(table("human/subject", column("subject_label", first("\u202eevil"))), "name", id="a reader backwards"),
    pytest.param(
        table("stimulus/sentence", column("sentence_text", first("Another sentence altogether."))),
        "its text is not that of its words",
        id="another text",
    ),
    pytest.param(
        table("stimulus/word", lambda found: found.slice(1), recount=True), "word|fit together", id="a word less"
    ),
    pytest.param(
        table("stimulus/word_pair", lambda found: found.slice(1), recount=True), "word pairs fit", id="a pair less"
    ),
    pytest.param(table("stimulus/sentence", column("sentence_text", first(LONG))), "texts of 2,0", id="a text of 2 MB"),
    pytest.param(
        table("ops/run", column("job", lambda all_: ["compute nothing"] * len(all_))),
        "is not one of this program",
        id="a job that is none",
    ),
    pytest.param(
        table("human/saccade_rule", column("saccade_rule", first("evil'); drop table x; --"))), "name", id="SQL"
    ),
    pytest.param(
        table("human/fixation", lambda found: found.drop_columns(["start_ms"])),
        "no column|fit together",
        id="a column less",
    ),
    pytest.param(table("human/fixation", column("start_ms", list)), None, id="nothing at all"),
    pytest.param(
        table("human/subject", lambda found: found.append_column("x", [[1] * len(found)])),
        "was written at schema revision",
        id="a column more",
    ),
    pytest.param(many_rows, "a row group of 100,000 rows", id="a row group that is too large"),
]


@pytest.mark.parametrize(("change", "said"), ODD)
def test_an_export_that_vouches_for_what_no_export_holds_is_refused_whole(
    empty: Database, cluster: EmbeddedServer, template: str, copy: Path, change: Change, said: str | None
) -> None:
    vouched(copy, change)
    if said is None:
        with cloned(cluster, template) as other:
            assert load(other, copy).rejected == 0
        return
    before = counts(empty)
    with pytest.raises(WarehouseError, match=said or ".") as refusal:
        load(empty, copy)
    assert str(refusal.value).isprintable() and "Traceback" not in str(refusal.value)
    assert counts(empty) == before


def test_a_manifest_that_no_longer_agrees_is_refused(copy: Path) -> None:
    vouched(copy, told())
    path = copy / "human/fixation.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BadInput, match="its checksum differs"):
        verification.read(copy)


def test_an_import_that_is_killed_leaves_nothing(cluster: EmbeddedServer, template: str, sound: Path) -> None:
    with cloned(cluster, template) as database:
        before = counts(database)
        words = [sys.executable, "-m", "warehouse", "--quiet", "--dsn", database.dsn, "import", str(sound)]
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        writing = "SELECT 1 FROM pg_locks WHERE mode = 'RowExclusiveLock' AND relation = to_regclass('human.fixation')"
        with database.connect(autocommit=True) as connection:
            while connection.execute(writing).fetchone() is None:
                assert process.poll() is None, "it ended before it could be killed"
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert counts(database) == before
        assert load(database, sound).inserted > 0


def test_a_rehearsal_of_an_import_checks_everything_and_writes_nothing(empty: Database, copy: Path) -> None:
    before = counts(empty)
    tally = source_items.preview(empty, source_items.Call(sources()["parquet"], [copy], {}), QUIET)
    assert tally.inserted > 0 and counts(empty) == before
    vouched(copy, table(ATTENTION, lambda found: found.slice(5), recount=True))
    with pytest.raises(BadInput, match="word pairs of sentence"):
        source_items.preview(empty, source_items.Call(sources()["parquet"], [copy], {}), QUIET)


@pytest.mark.parametrize(
    ("table", "name", "number", "is_good"),
    [
        pytest.param("result.article_score", "reader_errors", float("nan"), True, id="a reader without a value"),
        pytest.param("result.article_score", "reader_errors", float("inf"), False, id="an endless one"),
        pytest.param("result.article_score", "held_out_error", float("nan"), False, id="no mean"),
        pytest.param("model.attention", "weights", float("nan"), False, id="no weight"),
    ],
)
def test_numbers_that_are_none_stand_for_readers_without_a_value_only(
    table: str, name: str, number: float, is_good: bool
):
    value = [number, 0.5] if name != "held_out_error" else number
    rows = pa.table({name: [value]})
    with nullcontext() if is_good else pytest.raises(BadInput, match="not finite numbers"):
        _check_values(Path("x.parquet"), metadata.tables[table], rows)
