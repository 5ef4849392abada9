"""The Reading Brain project: native (L1) and non-native (L2) readers of five articles, gaze and brain."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from ingest.reading_brain.corpora import corpus_facts
from ingest.reading_brain.oddities import Oddities, oddities
from ingest.reading_brain.reader_rows import reader_unit, tell_exclusions
from ingest.reading_brain.readers import read_readers
from ingest.reading_brain.regions import read_records, region_unit
from ingest.reading_brain.sentences import CITATION, CORPUS, LICENCE, read_sentences, stimulus_unit
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Unit
from warehouse.plugin.registry import Formerly, source


@source(licence=LICENCE, citation=CITATION)
def reading_brain(
    *directories: Annotated[Path, "Dataset in BIDS layout: sub-XX/func/*_events.tsv and L1 or L2 demographics."],
    sentences: Annotated[Path, "The text: one sentence a line, articles separated by an empty line."],
    corpus: Annotated[str | None, "Name of the corpus; by default reading_brain, for the project's own data."] = None,
    language: Annotated[str | None, "Language of another study's text, e.g. en."] = None,
    licence: Annotated[str | None, "Licence of another study's data."] = None,
    citation: Annotated[str | None, "How another study is cited."] = None,
    stored: Stored,
) -> Iterator[Unit]:
    """Load readers with their fixations; saccades are derived from them by every rule.

    Data of another study in the same layout are loaded under a corpus of their own.

    Examples
    --------
    warehouse ingest reading-brain ds003974 ds003988 --sentences text.txt
    """
    text = read_sentences(sentences)
    readers = read_readers(directories, text)
    facts = corpus_facts(directories, corpus, {"language": language, "licence": licence, "citation": citation})
    rules = stored.ids("human.saccade_rule", "saccade_rule")
    known = oddities() if facts["corpus"] == CORPUS else Oddities()
    yield stimulus_unit(sentences, text, facts, known.usage_warnings)
    stimulus = stored.stimulus(facts["corpus"])
    units = [reader_unit(reader, text, stimulus, known.exclusions, rules) for reader in readers]
    tell_exclusions(readers, text, known.exclusions)
    for unit in units:
        yield replace(unit, of=len(units) + 1)


@source(
    licence="not stated by the publisher",
    citation="Gao, C., Huang, S., Li, J., & Chen, J. (2023). Roles of Scaling and Instruction Tuning in Language "
    "Perception: Model vs. Human Attention. Findings of EMNLP 2023 (published arrays)",
)
def roi_values(
    *files: Annotated[Path, "Pickle: reader -> article -> sentence -> square matrix of the region's activation."],
    region: Annotated[str, "Name of the brain region, e.g. angular.", Formerly("roi")],
    group: Annotated[str, "Group of the readers: L1 or L2."],
    corpus: Annotated[str, "Corpus that they read."] = CORPUS,
    stored: Stored,
) -> Iterator[Unit]:
    """Load a brain region's activation at each saccade; readers and sentences must be loaded already.

    Examples
    --------
    warehouse ingest roi-values angular.pkl --region angular --group L1
    """
    text = stored.stimulus(corpus)
    subjects = stored.subjects(corpus, group)
    for record in read_records(files, text, group, subjects):
        yield region_unit(record, text, region)
