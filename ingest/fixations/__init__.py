"""Fixations of any study of reading: one source for all corpora, by a mapping that says what their columns mean."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np

from ingest.fixations.collecting import Collection, collect
from ingest.fixations.drawing import draw
from ingest.fixations.study import Study, given
from ingest.fixations.suggestion import suggest_mapping
from ingest.fixations.survey import Count, survey
from ingest.fixations.units import reader_unit, text_units
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Unit
from warehouse.plugin.registry import source

OF_EACH = "that of each corpus, which its mapping says"


@source(licence=OF_EACH, citation=OF_EACH, instead={"suggest": suggest_mapping}, draws=draw)
def fixations(
    *files: Annotated[Path, "Tables of fixations, one row a fixation, with a header; compressed (.gz) or not."],
    mapping: Annotated[str | None, "Mapping file (TOML), or the name of a corpus whose mapping comes with it."] = None,
    words: Annotated[tuple[Path, ...], "Words file, one row a word; may be repeated."] = (),
    dataset: Annotated[
        str | None, "A corpus of pymovements' library, e.g. EMTeC, instead of files: fetched once, and verified."
    ] = None,
    directory: Annotated[
        Path | None, "Where that is kept, or was fetched before; by default a folder of its name."
    ] = None,
    suggest: Annotated[bool, "Print a mapping to start from, made from the header, and load nothing."] = False,
    stored: Stored,
) -> Iterator[Unit]:
    """Load the fixations of any study of reading, by a mapping file that says what its columns mean.

    A corpus that pymovements can fetch needs no files: --dataset EMTeC.

    Examples
    --------
    warehouse ingest fixations report.csv --mapping map.toml --words words.tsv
    """
    study = Study.opened(*given(files, mapping, dataset, directory), words)
    with tempfile.TemporaryDirectory(prefix="fixations-") as records:
        collection = collect(study.tables, study.mapping, study.text, Path(records))
        counts = survey(study, collection)
        yield from _units(study, collection, counts, stored)


def _units(study: Study, collection: Collection, counts: list[Count], stored: Stored) -> Iterator[Unit]:
    texts = text_units(study.mapping, study.text, study.digests)
    of = len(texts) + len(counts)
    for unit in texts:
        yield replace(unit, of=of)
    stimulus = stored.stimulus(study.mapping.corpus.name)
    number = dict(zip(stimulus.label, stimulus.sentence_id.tolist(), strict=True))
    rows = np.array([number[label] for label in study.text.rows], dtype=np.int64)
    groups = _described({count.group for count in counts}, study, stored)
    for person, found in study.readers(collection):
        unit = reader_unit(study, person, found, stimulus, rows, groups[person.group])
        yield replace(unit, of=of)


def _described(names: set[str], study: Study, stored: Stored) -> dict[str, str]:
    """Describe groups of readers: as the mapping does, else as is stored, else by the corpus that names them."""
    known = stored.described("human.language_group", "language_group")
    said, corpus = study.mapping.groups, study.mapping.corpus.name
    return {name: said.get(name) or known.get(name) or f"The group {name} of {corpus}" for name in names}
