"""A small corpus of fixations, drawn as text, loaded by a mapping."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.asking import rows
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.load.tally import Tally
from warehouse.plugin.registry import sources
from warehouse.progress import Progress


def ingest(database: Database, files: list[Path], **parameters: Any) -> Tally:
    given = {"mapping": None, "words": (), "suggest": False, "dataset": None, "directory": None, **parameters}
    return pipeline.ingest(database, sources()["fixations"], files, given, Progress(quiet=True))


FACTS = """
[corpus]
name = "{name}"
language = "da"
licence = "CC BY 4.0"
citation = "Somebody (2026)"
"""
COLUMNS = """
[columns]
reader = "reader"
page = "page"
order = "index"
duration_ms = "ms"
word = "word"
"""
WORDS = """page	sentence	position	text
p1	1	0	Fixations
p1	1	1	break.
p1	2	0	Chains
p1	2	1	do
p1	2	2	too.
p2	1	0	Alone.
"""


class Corpus:
    """The files of a small corpus in a folder."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_text(text, encoding=encoding)
        return path

    def ingest(self, fixations: str | Mapping[str, str], mapping: str, words: str | None = WORDS) -> Tally:
        """Load fixations drawn as text, by a mapping without the facts of the corpus."""
        texts = {"fixations.tsv": fixations} if isinstance(fixations, str) else fixations
        return self.ingest_files([self.write(name, text) for name, text in texts.items()], mapping, words)

    def ingest_files(self, files: list[Path], mapping: str = COLUMNS, words: str | None = WORDS) -> Tally:
        toml = self.write("mapping.toml", mapping if "[corpus]" in mapping else FACTS.format(name="mine") + mapping)
        given = () if words is None else (self.write("words.tsv", words),)
        return ingest(self.database, files, mapping=str(toml), words=given)

    def fixations(self) -> list[tuple[Any, ...]]:
        return rows(self.database, PATHS)

    def transitions(self, rule: str = "consecutive") -> list[tuple[Any, ...]]:
        return rows(self.database, TRANSITIONS, rule)


PATHS = """
SELECT subject_label, sentence_label, reading_ordinal, fixation_ordinal, word_position, start_ms, fixation.duration_ms
FROM human.fixation JOIN human.subject USING (subject_id) JOIN stimulus.sentence USING (sentence_id)
ORDER BY subject_label, reading_ordinal, sentence_id, fixation_ordinal
"""
TRANSITIONS = """
SELECT subject_label, sentence_label, reading_ordinal, from_word, to_word, saccade_count, landing_duration_ms
FROM human.saccade JOIN human.subject USING (subject_id) JOIN stimulus.sentence USING (sentence_id)
JOIN human.saccade_rule USING (saccade_rule_id)
WHERE saccade_rule = %s
ORDER BY subject_label, sentence_id, reading_ordinal, from_word, to_word
"""


def table(drawing: str) -> str:
    """Write a drawn table with tabs."""
    return "\n".join("\t".join(line.split()) for line in drawing.strip().splitlines()) + "\n"


ONE_TRIAL = table("""
    reader page index ms  word
    anna   p1   1     100 1
    anna   p1   2     200 2
    anna   p1   3     300 3
    anna   p1   4     150 .
    anna   p1   5     400 4
    anna   p1   6     500 1
    anna   p1   7     600 2
""")
CHARACTERS = """text_id	sent	word_no	word	aoi
b0	0	0	Der	1
b0	0	0	Der	2
b0	0	0	Der	3
b0	0	.	.	4
b0	0	1	Satz.	5
b0	0	1	Satz.	6
b0	0	1	Satz.	7
b0	0	1	Satz.	8
b0	0	1	Satz.	9
b0	1	2	Ende.	11
b0	1	2	Ende.	12
"""
OF_CHARACTERS = """
[files]
name = "reader{reader}_{page}.tsv"
[columns]
order = "fixation_index"
duration_ms = "fixation_duration"
word = "aoi"
[word]
counts = "character"
[words]
page = "text_id"
sentence = "sent"
position = "word_no"
text = "word"
character = "aoi"
[readers]
alias = {"21" = "0"}
"""
