"""The text that was read: one sentence a line, articles separated by an empty line; and its rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ingest.reading_brain.files import decode, digest, read_bytes, refuse_control, sha256
from ingest.reading_brain.oddities import UsageWarning
from warehouse.errors import BadInput, MissingInput
from warehouse.load.texts import text_rows
from warehouse.plugin.contents import Columns, Rows, Unit
from warehouse.schema.tables import ops

CORPUS = "reading_brain"
LICENCE = "CC0-1.0"
CITATION = (
    "Li, P., Hsu, C.-T., Schloss, B., Yu, A., Ma, L., Scotto, M., Seyfried, F., & Gu, C. (2022). The Reading Brain "
    "Project L1 Adults; L2 Adults. OpenNeuro, doi:10.18112/openneuro.ds003974.v3.0.0, "
    "doi:10.18112/openneuro.ds003988.v1.0.0"
)
WORDS = 1000
"""Words that a sentence may have: its word pairs are their square, and what has more is a text without line ends."""


@dataclass(frozen=True)
class StimulusSentence:
    """A sentence of an article; both count from 0, their label from 1: ``t.03.16`` is article 2, position 15."""

    article: int
    position: int
    text: str

    @property
    def label(self) -> str:
        """The name that the event files give it."""
        return f"t.{self.article + 1:02}.{self.position + 1:02}"

    @property
    def words(self) -> list[str]:
        """Split at white space."""
        return self.text.split()


def read_sentences(path: Path) -> list[StimulusSentence]:
    """Read the sentences file.

    Raises
    ------
    MissingInput
        If it is not there or holds no sentence.
    BadInput
        If it is not text, or a line of it is not a sentence.
    """
    text = decode(path, read_bytes(path, "sentences"))
    articles: list[list[str]] = [[]]
    for number, line in enumerate(map(str.strip, re.split(r"\r\n|\r|\n", text)), start=1):
        refuse_control(line, f"{path}, line {number}")
        if line:
            articles[-1].append(line)
        elif articles[-1]:
            articles.append([])
    sentences = [StimulusSentence(a, s, line) for a, article in enumerate(articles) for s, line in enumerate(article)]
    if not sentences:
        raise MissingInput(path, "sentences")
    for sentence in sentences:
        if len(sentence.words) > WORDS:
            what = f"sentence {sentence.label} has {len(sentence.words):,} words, and at most {WORDS:,} are one"
            raise BadInput(what, path, "write one sentence a line")
    return sentences


def stimulus_unit(
    path: Path, sentences: Sequence[StimulusSentence], corpus: Mapping[str, str], warnings: Sequence[UsageWarning]
) -> Unit:
    """Make the unit of the text: corpus, articles, sentences, words, word pairs, and usage warnings."""
    whole = digest([(s.label, s.text) for s in sentences], [(w.sentence_label, w.reason) for w in warnings])
    files = {path.name: sha256(path.read_bytes())}
    key = "stimulus" if corpus["corpus"] == CORPUS else f"{corpus['corpus']}/stimulus"
    return Unit(key, whole, lambda: _stimulus_rows(sentences, corpus, warnings), files)


def _stimulus_rows(
    sentences: Sequence[StimulusSentence], corpus: Mapping[str, str], warnings: Sequence[UsageWarning]
) -> Rows:
    articles = [{s.label: s.text for s in article} for _, article in groupby(sentences, key=lambda s: s.article)]
    sentence_id = yield from text_rows(corpus, articles)
    text = {sentence.label: sentence.text for sentence in sentences}
    for warning in warnings:
        if text.get(warning.sentence_label) == warning.sentence_text:
            columns: Columns = {
                "usage_warning": [warning.usage_warning],
                "entity": ["sentence"],
                "entity_id": [sentence_id[warning.sentence_label]],
                "reason": [warning.reason],
            }
            yield ops.usage_warning_on, columns
