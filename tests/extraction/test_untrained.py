"""The control that no training has touched: the same arguments make the same files, and its attention is a model's."""

import hashlib
import json
from pathlib import Path

from ingest.attention.untrained import save_untrained
from tests.extraction.conftest import SENTENCES
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.plugin.registry import sources
from warehouse.progress import Progress


def files(directory: Path, seed: int) -> dict[str, str]:
    save_untrained(directory, SENTENCES, layer_count=2, head_count=2, seed=seed)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()}


def test_the_same_seed_makes_the_same_files_and_another_seed_other_weights(tmp_path: Path) -> None:
    first, again, other = (files(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert first == again
    assert {name for name in first if first[name] != other[name]} == {"model.safetensors"}


def test_its_context_holds_the_longest_text(tmp_path: Path) -> None:
    save_untrained(tmp_path, [" ".join(["A long page."] * 100)], layer_count=1, head_count=1, seed=1)
    assert (
        json.loads((tmp_path / "config.json").read_text())["max_position_embeddings"] == 501
    )  # a start token, 100 times 1, 2 and 2 pieces


def test_its_attention_comes_in_once(study: Database) -> None:
    ingest = lambda: pipeline.ingest(study, sources()["untrained_model"], [], {}, Progress(quiet=True))  # noqa: E731
    first, again = ingest(), ingest()
    assert (first.inserted, again.inserted, again.unchanged) == (first.inserted, 0, first.inserted)
    with study.connect() as connection:
        rows = connection.execute(
            "SELECT stage, layer_count, head_count FROM model.language_model WHERE family = 'llama'"
        )
        assert rows.fetchall() == [("untrained", 4, 4)]
        sums = connection.execute("""
            SELECT max(abs(weight_sum + sink_mass[1] + outside_mass[1] - 1))
            FROM model.attention_sink
            JOIN (
                SELECT extraction_id, layer, sentence_id, from_word, sum(weights[1]::float8) AS weight_sum
                FROM model.attention GROUP BY 1, 2, 3, 4
            ) AS given USING (extraction_id, layer, sentence_id, from_word)
        """).fetchone()
        assert sums is not None
        assert sums[0] < 1e-6
