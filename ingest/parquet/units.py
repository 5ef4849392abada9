"""Units of rows: definitions, texts, readers group by group, models."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from ingest.parquet.ids import Ids
from ingest.parquet.tables import Export, TableColumns
from ingest.parquet.trust import fitting
from warehouse.declarations import Table
from warehouse.errors import BadInput
from warehouse.plugin import contents
from warehouse.schema.natural_keys import identity, natural_key
from warehouse.schema.tables import human, metadata, model, ops, predictors, stimulus
from warehouse.transfer.export.contents import DEFINITIONS

TEXTS = (
    stimulus.corpus, stimulus.article, stimulus.sentence, stimulus.word, stimulus.word_pair, stimulus.pattern_cell,
    predictors.feature, predictors.word_feature, predictors.pair_feature,
)  # fmt: skip
READERS = (human.reading, human.fixation, human.saccade, human.exclusion, human.roi_coverage, human.roi_value)


def texts_and_readers(export: Export, ids: Ids) -> Iterator[contents.Unit]:
    """Yield what attention and results refer to."""
    definitions = [table for table in metadata.sorted_tables if table.fullname in DEFINITIONS]
    yield unit(export, "definitions", definitions, partial(_definitions, export, ids, definitions))
    yield unit(export, "texts", TEXTS, partial(_texts, export, ids))
    for corpus_id, group in _groups(export):
        readers = export.columns(human.subject, corpus_id=[corpus_id], language_group=[group])
        key = f"readers {group} of corpus {corpus_id}"
        yield unit(export, key, (human.subject, *READERS), partial(_readers, export, ids, readers))
    yield unit(export, "models", (model.language_model, model.reference_pair), partial(_models, export, ids))


def embargoes_of_attention(export: Export, ids: Ids) -> Iterator[contents.Unit]:
    """Yield the embargoes that need the attention to be there."""
    if any(export.columns(ops.embargo)["extraction_id"]):
        yield unit(
            export, "embargoes of attention", (ops.embargo,), partial(_embargoes, export, ids, of_attention=True)
        )


def unit(
    export: Export, key: str, tables: tuple[Table, ...] | list[Table], rows: Callable[[], contents.Rows]
) -> contents.Unit:
    """Describe a unit; the export is part of its name, so that another export of the same things is another unit."""

    def read() -> contents.Rows:
        with fitting(export.directory):
            yield from rows()

    return contents.Unit(f"{export.key} {key}", export.told["sha256"], read, export.files(*tables))


def rows_with_new_ids(table: Table, rows: TableColumns, ids: Ids) -> contents.Rows:
    """Yield rows with the ids of this warehouse, and learn the ids that they are given.

    Raises
    ------
    BadInput
        If two of them have one natural key.
    """
    if any(len(values) for values in rows.values()):
        translated = ids.translate_ids(table, rows)
        _refuse_twice(table, translated)
        ours = yield table, translated
        own = identity(table)
        if own is not None and own in rows:
            ids.learn(table, rows[own], ours or [])


def all_rows_with_new_ids(export: Export, table: Table, ids: Ids, **among: Sequence[Any]) -> contents.Rows:
    """Yield the rows of a table, or some of them, a row group at a time."""
    for rows in export.batches(table, **among):
        yield from rows_with_new_ids(table, rows, ids)


def _refuse_twice(table: Table, rows: TableColumns) -> None:
    key = [rows[name] for name in natural_key(table) if name in rows]
    if key and len(set(zip(*key, strict=True))) < len(key[0]):
        what = f"holds two rows of {table.fullname} of one name"
        raise BadInput(what, "the export", "export it again, and do not change its files")


def _definitions(export: Export, ids: Ids, definitions: list[Table]) -> contents.Rows:
    known = ids.rules_here()
    for table in definitions:
        yield from rows_with_new_ids(table, export.columns(table), ids)
    if set(export.columns(human.saccade_rule)["saccade_rule"]) - known:
        yield human.saccade, {"subject_id": ids.readers_here()}


def _refuse_other_words(export: Export) -> None:
    """Refuse sentences whose text is not that of their words, blanks apart."""
    words: dict[int, list[tuple[int, str]]] = {}
    for rows in export.batches(stimulus.word):
        for sentence, position, word in zip(rows["sentence_id"], rows["word_position"], rows["word_text"], strict=True):
            words.setdefault(sentence, []).append((position, word))
    for rows in export.batches(stimulus.sentence):
        for sentence, text in zip(rows["sentence_id"], rows["sentence_text"], strict=True):
            said = "".join(word for _, word in sorted(words.get(sentence, [])))
            if "".join(text.split()) != "".join(said.split()):
                where = f"sentence {sentence} of the export"
                raise BadInput(
                    "its text is not that of its words", where, "export it again, and do not change its files"
                )


def _texts(export: Export, ids: Ids) -> contents.Rows:
    _refuse_other_words(export)
    for table in TEXTS:
        yield from all_rows_with_new_ids(export, table, ids)
    yield from rows_with_new_ids(
        ops.usage_warning_on, export.columns(ops.usage_warning_on, entity=["sentence", "region"]), ids
    )
    yield from _embargoes(export, ids, of_attention=False)


def _embargoes(export: Export, ids: Ids, *, of_attention: bool) -> contents.Rows:
    rows = export.columns(ops.embargo)
    chosen = [i for i, number in enumerate(rows["extraction_id"]) if (number is not None) == of_attention]
    yield from rows_with_new_ids(ops.embargo, {name: [values[i] for i in chosen] for name, values in rows.items()}, ids)


def _readers(export: Export, ids: Ids, subjects: TableColumns) -> contents.Rows:
    yield from rows_with_new_ids(human.subject, subjects, ids)
    numbers = subjects["subject_id"]
    for table in READERS:
        if table is human.saccade:  # derived here as it was there, once the fixations are in
            yield table, {"subject_id": ids.of(human.subject, numbers)}
        else:
            yield from all_rows_with_new_ids(export, table, ids, subject_id=numbers)


def _models(export: Export, ids: Ids) -> contents.Rows:
    """Yield models one by one, in the order of their ids: what a model was tuned from precedes it."""
    for number in export.columns(model.language_model)["language_model_id"]:
        yield from rows_with_new_ids(
            model.language_model, export.columns(model.language_model, language_model_id=[number]), ids
        )
    yield from rows_with_new_ids(model.reference_pair, export.columns(model.reference_pair), ids)


def _groups(export: Export) -> list[tuple[int, str]]:
    rows = export.columns(human.subject)
    return sorted(set(zip(rows["corpus_id"], rows["language_group"], strict=True)))
