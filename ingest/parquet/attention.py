"""Extractions of attention out of an export, a row group at a time."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ingest.parquet.ids import Ids, NotHere
from ingest.parquet.references import named_by
from ingest.parquet.tables import Export
from ingest.parquet.trust import fitting
from ingest.parquet.weights import check_weights, matrix
from warehouse.declarations import Table
from warehouse.errors import BadInput, StoredDiffers
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Block, Columns, Extraction, Pairs, Piece, Rejection, RowSums
from warehouse.schema.tables import model, ops, stimulus

BESIDE = (
    model.attention_sink, model.sentence_loss, model.word_surprisal, model.head_sums, model.reader_sums,
    model.predictor_sums, model.summed_reader, model.summed_predictor,
)  # fmt: skip
"""Rows that belong to an extraction beside its attention."""
KIND = ("language_model_id", "condition_id", "corpus_id", "method")
Content = Block | tuple[Table, Columns] | Rejection | RowSums
COUNTED = ("rows_checked", "row_sum_error", "zero_row_count", "least_row_sum")
"""What is counted of the rows' sums as they come in."""
FACTS = ("method", "alignment", "dtype", "is_causal", "digest")


def refuse_others(export: Export, ids: Ids, stored: Stored) -> None:
    """Refuse an export whose attention is stored here with another content: loading it would retire what is here."""
    here = {tuple(key[:4]): key[4] for key in stored.keys(model.extraction)}
    for row in export.dicts(model.extraction):
        try:
            kind = ids.translate_ids(model.extraction, {name: [row[name]] for name in KIND})
        except NotHere:
            continue
        digest = here.get(tuple(value for (value,) in kind.values()), row["digest"])
        if digest != row["digest"]:
            remedy = "what is stored is kept and nothing was loaded: import into a warehouse without it"
            raise StoredDiffers(
                f"attention {row['extraction_id']} of the export", digest[:12], row["digest"][:12], remedy
            )


def extractions(export: Export, ids: Ids) -> Iterator[Extraction]:
    """Yield every extraction, in the order in which the other warehouse loaded them."""
    models = {row["language_model_id"]: row for row in export.dicts(model.language_model)}
    conditions = {row.pop("condition_id"): row for row in export.dicts(model.condition)}
    sentences = ids.match_rows(stimulus.sentence)
    told = {row["extraction_id"]: row for row in export.told["extractions"]}
    for row in export.dicts(model.extraction):
        number, attestation = row["extraction_id"], row["attestation"] or {}
        yield Extraction(
            **{name: row[name] for name in FACTS},
            corpus_id=int(ids.of(stimulus.corpus, [row["corpus_id"]])[0] or 0),
            model=_facts(models, row["language_model_id"]), condition=conditions[row["condition_id"]],
            layers=tuple(row["layers"]), pieces=_pieces(export, ids, row, sentences),
            attest=partial(_claimed, attestation), warnings=_warnings(export, number),
            files={**told[number]["files"], **export.files_of(export.attention_path(number))},
            map_count=_width(row, models[row["language_model_id"]]), content=told[number].get("content"),
            kept=row.get("kept", "cells"), summed_by=row.get("summed_by"),
            stored_as=row.get("stored_as", "single"),
        )  # fmt: skip


def _facts(models: Mapping[int, Mapping[str, Any]], number: int) -> dict[str, Any]:
    facts = dict(models[number])
    base = facts.pop("base_model_id")
    del facts["language_model_id"]
    return {**facts, "base_model": models[base]["model"] if base is not None else None}


def _warnings(export: Export, number: int) -> dict[str, str]:
    rows = export.dicts(ops.usage_warning_on, entity=["extraction"], entity_id=[number])
    return {row["usage_warning"]: row["reason"] for row in rows}


def _width(row: Mapping[str, Any], model_facts: Mapping[str, Any]) -> int:
    """Give how many weights a word pair has: value zeroing gives one, other methods one a head."""
    return 1 if row["method"] == "value-zeroing" else int(model_facts["head_count"])


def _claimed(attestation: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the other warehouse attested to, apart from what is counted here again."""
    return {name: value for name, value in attestation.items() if name not in COUNTED}


def _pieces(export: Export, ids: Ids, row: Mapping[str, Any], sentences: Mapping[int, int]) -> list[Piece]:
    """Cut an extraction into row groups: those of its attention, and its other rows table by table."""
    number = row["extraction_id"]
    path, sha256 = export.attention_path(number), export.told["sha256"]
    contents: dict[str, Callable[[], Iterator[Content]]] = {
        f"rows {group}": partial(_blocks, export, row, group, sentences) for group in export.groups(path)
    }
    for table in BESIDE:
        for group in _groups_of(export, export.path(table), number):
            contents[f"{table.name} {group}"] = partial(_beside, export, ids, table, group, number, sentences)
    return [Piece(key, f"{sha256}/{key}", partial(_read, export, made)) for key, made in contents.items()]


def _read(export: Export, made: Callable[[], Iterator[Content]]) -> Iterator[Content]:
    with fitting(export.directory):
        yield from made()


def _blocks(export: Export, row: Mapping[str, Any], group: int, sentences: Mapping[int, int]) -> Iterator[Content]:
    number = row["extraction_id"]
    path = export.attention_path(number)
    rows = export.group(path, group)
    layers = rows.column("layer").to_numpy()
    if set(rows.column("extraction_id").unique().to_pylist()) != {number}:
        raise BadInput("holds attention of another extraction", path, "export it again, and do not change its files")
    for layer in np.unique(layers).tolist():
        some = rows.slice(int(np.searchsorted(layers, layer)), int(np.count_nonzero(layers == layer)))
        weights = matrix(some.column("weights"), path)
        names = ("sentence_id", "from_word", "to_word")
        theirs = Pairs(*(some.column(name).to_numpy().astype(np.int64) for name in names))
        sinks = export.sinks(number, layer, np.unique(theirs.sentence_id).tolist())
        counted = check_weights(theirs, weights, sinks, str(row["dtype"]), f"{path}, layer {layer}")
        if COUNTED[0] in (row["attestation"] or {}):
            yield counted
        yield Block(layer, Pairs(_translated(some, sentences), theirs.from_word, theirs.to_word), weights)


def _translated(rows: Any, sentences: Mapping[int, int]) -> np.ndarray:
    theirs, where = np.unique(rows.column("sentence_id").to_numpy(), return_inverse=True)
    return np.array([sentences[int(number)] for number in theirs], dtype=np.int64)[where]


def _groups_of(export: Export, path: Path, number: int) -> list[int]:
    return [group for group in export.groups(path) if number in _extractions_of(export, path, group)]


def _extractions_of(export: Export, path: Path, group: int) -> tuple[int, ...]:
    found = export.group(path, group).column("extraction_id").unique().to_pylist()
    return tuple(found)


def _beside(
    export: Export, ids: Ids, table: Any, group: int, number: int, sentences: Mapping[int, int]
) -> Iterator[Content]:
    import pyarrow.compute as pc

    rows = export.group(export.path(table), group)
    rows = rows.filter(pc.equal(rows.column("extraction_id"), number))
    columns: dict[str, Any] = {}
    for name in rows.column_names:
        target = named_by(table.c[name])
        if target is stimulus.sentence:
            columns[name] = _translated(rows, sentences)
        elif target is not model.extraction:
            values = _values(rows.column(name))
            columns[name] = values if target is None else np.array(ids.of(target, values.tolist()))
    yield table, columns


def _values(column: Any) -> np.ndarray:
    """Give a column as (n_rows,), one of arrays as (n_rows, n_elements)."""
    import pyarrow as pa

    if not pa.types.is_list(column.type):
        return np.asarray(column.to_numpy())
    return matrix(column, "the export")
