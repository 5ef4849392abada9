"""A small study that the project makes itself, with a truth that is planted and told (`truth.py`)."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated

from ingest.simulated_readers.incomplete import simulated_incomplete
from ingest.simulated_readers.models import digest, extraction_of
from ingest.simulated_readers.readers import reader_label, reader_rows
from ingest.simulated_readers.text import SimulatedSentence, write_text
from ingest.simulated_readers.truth import ARTICLES, CITATION, CORPUS, GROUPS, LICENCE, MODELS, PLANTED
from warehouse.load.stored import Stored
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Extraction, Rows, Unit
from warehouse.plugin.limits import require
from warehouse.plugin.registry import source

__all__ = ["simulated_incomplete", "simulated_readers"]


@source(licence=LICENCE, citation=CITATION)
def simulated_readers(
    *,
    stored: Stored,
    seed: Annotated[int, "Seed of the study: the same seed makes the same study."] = 20231206,
    readers: Annotated[int, "Readers of each of the two groups; one of them is excluded."] = 12,
    planted: Annotated[bool, "Add a model that attends to positions only, and one that attends to governors."] = False,
) -> Iterator[Unit | Extraction]:
    """Make two groups of readers and four attention models with a planted, documented truth.

    Raises
    ------
    BadInput
        Fewer than 3 readers, which make no ceiling, or a negative seed.
    """
    require("readers", readers, 3, 10_000)
    require("seed", seed, 0, 2**63 - 1)
    text = write_text(seed)
    models = (*MODELS, *(PLANTED if planted else ()))
    of = 1 + len(GROUPS) * readers + len(models)
    yield Unit("stimulus", digest(seed, "stimulus"), partial(_text_rows, text), of=of)
    stimulus = stored.stimulus(CORPUS)
    for group in GROUPS:
        for number in range(readers):
            key = f"{group.language_group}/{reader_label(number)}"
            yield Unit(key, digest(seed, key), partial(reader_rows, group, number, text, stimulus, seed), of=of)
    plain = stored.conditions()["plain"]
    governors = {int(i): text[name].governor for i, name in zip(stimulus.sentence_id, stimulus.label, strict=True)}
    for model in models:
        yield extraction_of(model, plain, stimulus, governors, seed)


def _text_rows(text: Mapping[str, SimulatedSentence]) -> Rows:
    corpus: dict[str, str | bool] = {
        "corpus": CORPUS,
        "language": "en",
        "licence": LICENCE,
        "citation": CITATION,
        "is_simulated": True,
    }
    sentences = [(label, sentence.text) for label, sentence in text.items()]
    size = len(sentences) // ARTICLES
    yield from text_rows(corpus, [dict(sentences[i : i + size]) for i in range(0, len(sentences), size)])
