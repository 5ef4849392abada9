"""A server to be broken, the states that a database is brought to, and the commands that are disturbed in them."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import psycopg

from tests.faults import commands, disks, naming
from tests.faults.commands import Ended, Place, Running
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.database.server.roles import DATABASE, EVERYDAY
from warehouse.schema import migrations

LAYERS, HEADS = 6, 64


@dataclass(frozen=True)
class Work:
    """A command, and the state of the database in which it is given."""

    name: str
    before: str
    arguments: tuple[str, ...]


READERS = Work("ingest of readers", "migrated", ("ingest", "simulated-readers", "--readers", "4"))
ARRAYS = Work(
    "ingest of arrays", "loaded",
    ("ingest", "attention-arrays", "{files}/arrays", "--model", "of-arrays", "--corpus", "simulated", "--family", "toy",
     "--stage", "pretrained", "--layer-count", str(LAYERS)),
)  # fmt: skip
EXTRACTION = Work(
    "extraction", "loaded", ("ingest", "untrained-model", "--layer-count", "3", "--head-count", "2")
)  # fmt: skip
COMPUTE = Work(
    "compute", "loaded", ("compute", "human-resemblance", "--measure", "count", "--rule", "consecutive")
)  # fmt: skip
TWO_PROCESSES = Work("compute --jobs 2", "loaded", (*COMPUTE.arguments, "--jobs", "2"))
IMPORT = Work("import", "migrated", ("import", "{files}/parquet"))
WORKS = (READERS, ARRAYS, EXTRACTION, COMPUTE, TWO_PROCESSES, IMPORT)


@dataclass
class Undisturbed:
    """What a command leaves where nothing happens: the database it left, what is in it, and the seconds it took."""

    database: str
    digests: dict[str, str]
    owned: dict[tuple[str, str], str]
    seconds: float


@dataclass
class Study:
    """A server of its own under a folder, whose one database is brought to a state again and again.

    Attributes
    ----------
    folder : Path
        Holds the server, input files and what commands print.
    """

    folder: Path
    undisturbed: dict[str, Undisturbed] = field(default_factory=dict)

    @cached_property
    def server(self) -> EmbeddedServer:
        """The server that commands find by WAREHOUSE_HOME, and start where it is dead."""
        return EmbeddedServer(self.folder / "server", find_binaries(os.environ))

    @property
    def database(self) -> Database:
        """The database that commands work on."""
        return Database(self.server.dsn())

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads commands to the server."""
        return {"WAREHOUSE_HOME": str(self.server.directory)}

    @property
    def is_on_small_disk(self) -> bool:
        """Tell whether the server has a disk of its own that is soon full."""
        return (self.folder / "server").is_mount()

    @property
    def files(self) -> Path:
        """The folder of input files."""
        return self.folder / "files"

    def begin(self, work: Work, place: Place | None = None, name: str = "command") -> Running:
        """Start a command."""
        arguments = [argument.format(files=self.files) for argument in work.arguments]
        return commands.begin(["--quiet", *arguments], self.environment, self.folder / name, place)

    def run(self, work: Work) -> Ended:
        """Run a command to its end."""
        return self.begin(work).wait()

    def start(self) -> None:
        """Start the server as users have it, but that it does not wait for the disk, which no fault here takes."""
        self.server.ensure_running()
        self.administer("ALTER SYSTEM SET fsync = off")
        self.administer("SELECT pg_reload_conf()")
        self.reset("loaded")  # which the input files are made of

    def reset(self, state: str) -> None:
        """Bring the database to a state, made when it is first asked for."""
        self.server.ensure_running()
        if not self._exists(state):
            self._make(state)
        self._copy(state, DATABASE)

    def expected(self, work: Work) -> Undisturbed:
        """Give what a command leaves where nothing happens."""
        if work.name not in self.undisturbed:
            self.reset(work.before)
            ended = self.run(work)
            if ended.code:
                raise RuntimeError(f"{work.name} failed undisturbed: {ended.said}")
            with self.database.connect() as connection:
                found = naming.digests(connection), naming.owned(connection)
            name = "undisturbed_" + "".join(filter(str.isalnum, work.name))
            self._copy(DATABASE, name)
            self.undisturbed[work.name] = Undisturbed(name, *found, ended.seconds)
        return self.undisturbed[work.name]

    def lost_and_doubled(self, work: Work) -> tuple[Counter[str], Counter[str]]:
        """Give the rows that the undisturbed database has more of, and fewer of, by natural key, under their tables."""
        wanted, lost, doubled = self.expected(work), Counter[str](), Counter[str]()
        with self.database.connect() as here:
            found = naming.digests(here)
            different = [name for name, digest in wanted.digests.items() if found[name] != digest]
            if different:
                with Database(self.server.dsn(wanted.database)).connect() as there:
                    for name in different:
                        left, right = naming.rows(there, name), naming.rows(here, name)
                        lost.update({f"{name} {row}": number for row, number in (left - right).items()})
                        doubled.update({f"{name} {row}": number for row, number in (right - left).items()})
        return lost, doubled

    def administer(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement from beside the database, with all rights."""
        with psycopg.connect(self.server.superuser_dsn("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _exists(self, name: str) -> bool:
        return bool(self.administer(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def _copy(self, state: str, name: str) -> None:
        self.administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.administer(f"CREATE DATABASE {name} OWNER {EVERYDAY} TEMPLATE {state} STRATEGY file_copy")

    def _make(self, state: str) -> None:
        if state == "migrated":
            migrations.upgrade(self.database)
        else:
            self.reset("migrated")
            if (ended := self.run(READERS)).code:
                raise RuntimeError(ended.said)
            self._write_files()
        self._copy(DATABASE, state)

    def _write_files(self) -> None:
        """Write arrays of attention over the sentences that are loaded, and all that is loaded as Parquet."""
        (self.files / "arrays").mkdir(parents=True)
        with self.database.connect() as connection:
            places = connection.execute(_SENTENCES).fetchall()
        size = max(n_words for *_, n_words in places)
        shape = (1 + max(article for article, *_ in places), 1 + max(position for _, position, _ in places))
        random = np.random.default_rng(20231206)
        for layer in range(LAYERS):
            array = np.zeros((*shape, HEADS, size, size), dtype=np.float32)
            for article, position, n_words in places:
                triangle = np.tril(random.uniform(0.1, 1.0, size=(HEADS, n_words, n_words)))
                array[article, position, :, :n_words, :n_words] = triangle / triangle.sum(axis=-1, keepdims=True)
            np.save(self.files / "arrays" / f"rb_p1_layer{layer}.npy", array)
        if (ended := self.run(Work("export", "loaded", ("export", "parquet", "{files}/parquet")))).code:
            raise RuntimeError(ended.said)


@contextmanager
def new_study() -> Iterator[Study]:
    """Make a study, and take it away with its server."""
    commands.warm_up()
    study = Study(Path(tempfile.mkdtemp(prefix="aw", dir="/tmp")))
    study.folder.chmod(0o711)
    (study.folder / "server").mkdir()
    disks.mount(study.folder / "server")
    try:
        study.start()
        yield study
    finally:
        study.server.stop()
        disks.unmount(study.folder / "server")
        shutil.rmtree(study.folder)


_SENTENCES = """
SELECT article_position, sentence_position, word_count FROM stimulus.sentence JOIN stimulus.article USING (article_id)
"""
