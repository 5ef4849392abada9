"""A study of the published size, made on the spot: sentences, readers who look at random, attention of random heads."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from warehouse import pipeline
from warehouse.database.connection import Database, embedded_database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stimulus, Stored
from warehouse.load.tally import Tally
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Pairs, Rows, Unit
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.schema.tables import human

SENTENCES_BY_LENGTH = {6: 2, 7: 5, 8: 13, 9: 32, 10: 35, 11: 22, 12: 16, 13: 17, 14: 3, 15: 2, 16: 1}
ARTICLES = (31, 31, 28, 28, 30)
N_CELLS, N_READERS = 8953, 51
CORPUS = {"corpus": "made", "language": "en", "licence": "CC0-1.0", "citation": "Made for benchmarks"}
QUIET = Progress(quiet=True)


@dataclass(frozen=True)
class Shape:
    """A model's attention as files: layers, heads, padding of the sentences, dtype."""

    name: str
    layers: int
    heads: int
    size: int
    dtype: str

    @property
    def cells(self) -> int:
        return self.layers * self.heads * N_CELLS

    def scaled(self, scale: float) -> "Shape":
        """The same with a share of the layers, at least two."""
        return replace(self, layers=max(2, round(self.layers * scale)))


GPT2 = Shape("GPT-2 Large", 36, 20, 17, "float32")
LLAMA_7B = Shape("LLaMA-7B", 18, 32, 16, "float16")
LLAMA_30B = Shape("LLaMA-30B", 20, 52, 16, "float16")


def articles(copy: int = 0) -> list[dict[str, str]]:
    """Sentences of the published lengths, in a random order, of words that mean nothing; each copy has its own."""
    rng = np.random.default_rng(copy)
    lengths = rng.permutation(np.repeat(list(SENTENCES_BY_LENGTH), list(SENTENCES_BY_LENGTH.values()))).tolist()
    found = []
    for article, count in enumerate(ARTICLES, 1 + copy * len(ARTICLES)):
        words = {f"t.{article:02}.{i:02}": lengths.pop() for i in range(1, count + 1)}
        found.append({label: " ".join(f"word{rng.integers(900)}" for _ in range(n)) for label, n in words.items()})
    return found


@contextmanager
def empty_server(kept: Path | None = None) -> Iterator[EmbeddedServer]:
    """A durable embedded server with default settings and the schema, gone at the end of the block unless kept."""
    directory = kept or Path(tempfile.mkdtemp(prefix="aw-bench", dir="/tmp"))
    server = EmbeddedServer(directory, find_binaries(os.environ))
    try:
        server.ensure_running()
        migrations.upgrade(embedded_database(server))  # with pgvector, as the command line does
        yield server
    finally:
        server.stop()
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def made_warehouse(readers: int | Mapping[str, int] = 0) -> Iterator[Database]:
    """A warehouse with the made corpus and so many readers (by group, or of L1)."""
    with empty_server() as server:
        database = Database(server.dsn())
        fill(database, {"L1": readers} if isinstance(readers, int) else readers)
        yield database


def fill(database: Database, readers: Mapping[str, int]) -> None:
    """Load the made corpus and so many readers by group."""
    pipeline.ingest(database, _text(), [], {}, QUIET)
    add_readers(database, readers)


def add_readers(database: Database, readers: Mapping[str, int]) -> None:
    """Load so many readers by group; those that are there are kept."""
    for group, count in readers.items():
        pipeline.ingest(database, _people(group, count), [], {}, QUIET)


@contextmanager
def arrays(shape: Shape, seed: int = 1) -> Iterator[Path]:
    """A folder with the attention of a model in the published layout."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory(prefix="aw-arrays") as folder:
        for layer in range(shape.layers):
            np.save(Path(folder, f"rb_p1_layer{layer}.npy"), attention(shape, rng))
        yield Path(folder)


def attention(shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """One layer, (articles, sentences, heads, words, words): rows of the lower triangles sum to 1."""
    whole = np.zeros((5, 31, shape.heads, shape.size, shape.size), dtype=shape.dtype)
    for article, sentences in enumerate(articles()):
        for position, text in enumerate(sentences.values()):
            n = len(text.split())
            weights = np.tril(rng.random((shape.heads, n, n), dtype=np.float32) ** 3 + 1e-3)
            whole[article, position, :, :n, :n] = weights / weights.sum(axis=-1, keepdims=True)
    return whole


def causal_attention(pairs: Pairs, heads: int, seed: Sequence[int]) -> np.ndarray:
    """Random weights of word pairs given row by row, (n_pairs, heads) float32: each row of each head sums to 1."""
    weights = np.random.default_rng(list(seed)).random((len(pairs), heads), dtype=np.float32) ** 3 + 1e-3
    begins = np.flatnonzero(pairs.to_word == 0)
    sums = np.add.reduceat(weights, begins, axis=0)
    return np.asarray(weights / np.repeat(sums, np.diff(begins, append=len(pairs)), axis=0))


def load_arrays(database: Database, folder: Path, shape: Shape, model: str, **more: Any) -> Tally:
    """Ingest a folder of arrays as the attention of a model of that name."""
    facts = {"family": "made", "stage": "pretrained", "layer_count": shape.layers, "model": model, "corpus": "made"}
    return pipeline.ingest(database, sources()["attention_arrays"], [folder], {**facts, **more}, QUIET)


def _text() -> Source:
    unit = Unit("text", "0", _written)
    return Source("made_text", lambda: iter([unit]), CORPUS["licence"], CORPUS["citation"])


def _written() -> Rows:
    yield from text_rows(CORPUS, articles())


def _people(group: str, readers: int) -> Source:
    def people(*, stored: Stored) -> Iterator[Unit]:
        stimulus = stored.stimulus(CORPUS["corpus"])
        for number in range(readers):
            yield Unit(f"{group}/{number}", fingerprint({"n": number}), partial(_reader, group, number, stimulus))

    return Source("made_readers", people, CORPUS["licence"], CORPUS["citation"])


def _reader(group: str, number: int, stimulus: Stimulus) -> Rows:
    rng = np.random.default_rng([len(group), int(group[1:]), number])
    who = {"corpus_id": [stimulus.corpus_id], "language_group": [group], "subject_label": [f"made-{number:02}"]}
    (subject_id,) = (yield human.subject, {**who, "demographics": [{}]}) or []
    shown = np.arange(len(stimulus))
    yield human.reading, {
        "subject_id": np.full(len(shown), subject_id), "sentence_id": stimulus.sentence_id, "presentation_order": shown,
        "reading_time_ms": rng.integers(2000, 6000, len(shown)),
    }  # fmt: skip
    yield human.fixation, looks(rng, subject_id, stimulus)
    yield human.saccade, {"subject_id": [subject_id]}


def looks(rng: np.random.Generator, subject_id: int, stimulus: Stimulus) -> dict[str, np.ndarray]:
    """Fixations of a reader: forward over the words, with random steps back; columns of `human.fixation`."""
    found: dict[str, list[np.ndarray]] = {}
    for sentence_id, n in zip(stimulus.sentence_id, stimulus.word_count, strict=True):
        word = np.repeat(np.arange(n), rng.integers(0, 3, n))
        word = np.where(rng.random(len(word)) < 0.2, rng.integers(0, n, len(word)), word)
        duration = rng.integers(80, 500, len(word))
        columns = {
            "subject_id": np.full(len(word), subject_id), "sentence_id": np.full(len(word), sentence_id),
            "fixation_ordinal": np.arange(len(word)), "word_position": word,
            "start_ms": np.cumsum(duration) - duration, "duration_ms": duration,
        }  # fmt: skip
        for name, column in columns.items():
            found.setdefault(name, []).append(column)
    return {name: np.concatenate(parts) for name, parts in found.items()}
