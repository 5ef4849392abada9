"""How far the attention of two models, or of one model to two texts, differs."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from analytics._stats.divergence import Divergence, Rows, divergence, rows_of
from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells, together
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import comparison


@analysis(
    over=("slice.extraction_pair",),
    reads=("left", "right", "word_row", "sentence", "gaps"),
    unit=("comparison", "left_extraction_id", "right_extraction_id", "depth_kind", "depth"),
    order=("depth_kind", "depth", "left_extraction_id", "right_extraction_id", "comparison"),
    writes=(comparison.attention_divergence, comparison.head_divergence),
    permits=("allow_partial",),
    shows=("mart.divergence_curve",),
    in_blocks=True,
)
def attention_divergence(
    left: Cells,
    right: Cells,
    word_row: Cells,
    sentence: Cells,
    gaps: np.ndarray,
    *,
    allow_partial: Annotated[bool, "Compare what both hold where one lacks layers or sentences"] = False,
) -> dict[str, Columns]:
    """Compare the attention of two extractions, word by word, at one layer or quarter of the layers.

    Pairs are compared by scale (the next larger model), by tuning, by instruction (with and without a prefix), and the
    reference pairs that you name. Encoders are compared by their lower triangles too.

    Parameters
    ----------
    left, right : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself; of a quarter (n_cells, 1), averaged over its layers and
        heads.
    word_row, sentence : Cells (n_cells,) of int
        The row (the word that looks) and the sentence of each cell.
    gaps : ndarray (n_gaps,) of str
        What one of the two lacks, in words.
    allow_partial : bool
        Compare all the same.

    Returns
    -------
    dict
        ``attention_divergence``, by sentence: Jensen-Shannon divergence as the mean over words (``js_nats``, the mean
        over heads too; nan where the two have not the same heads), of attention averaged over heads first
        (``js_head_averaged_nats``), and the Jeffreys divergence halved as the sum over words, with the number of rows
        where it is infinite and which are left out of the sum. Rows that are all zero on one side (a word whose
        attention to words vanished in float16) are left out of everything and counted. ``head_divergence``: means over
        sentences, by head.

    Raises
    ------
    BadInput
        If one of the two lacks something and `allow_partial` is False, or if they have no sentence in common.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023), section 4.1: Jensen-Shannon by their code, Jeffreys by their formula.
    """
    if len(gaps) and not allow_partial:
        raise BadInput(
            "; ".join(gaps), "models to compare", "choose others, or give --allow-partial to use what both have"
        )
    found = [_of_block(*block) for block in together(left, right, word_row, sentence) if len(block[0])]
    if not found:
        raise BadInput("they have no sentence in common", "models to compare", "choose others with --model")
    by_sentence, by_head = zip(*found, strict=True)
    every = {name: _joined([columns[name] for columns in by_sentence]) for name in by_sentence[0]}
    return {"attention_divergence": every, "head_divergence": _by_head(np.sum(by_head, axis=0))}


def _of_block(*block: np.ndarray) -> tuple[Columns, np.ndarray]:
    """Compare the sentences of a block: columns by sentence, and sums over sentences by head (see `_head_sums`)."""
    left, right, word_row, sentence = block
    rows = rows_of(word_row, sentence)
    averaged = divergence(left.mean(axis=1, keepdims=True), right.mean(axis=1, keepdims=True), rows)
    has_heads = left.shape[1] == right.shape[1] > 1
    by_head = divergence(left, right, rows) if has_heads else None
    return _by_sentence(averaged, by_head, rows), _head_sums(by_head, rows)


def _head_sums(by_head: Divergence | None, rows: Rows) -> np.ndarray:
    """Sum the divergence over sentences, count these, and count the rows left out, (3, n_heads)."""
    if by_head is None:
        return np.empty((3, 0))
    js = rows.means(by_head.js, by_head.is_left_out)
    return np.array([np.nansum(js, axis=0), (~np.isnan(js)).sum(axis=0), by_head.is_left_out.sum(axis=0)])


def _by_head(sums: np.ndarray) -> Columns:
    """Average over sentences; heads that have none are left out."""
    total, sentence_count, zero_row_count = sums
    head = np.flatnonzero(sentence_count)
    return {
        "head": head,
        "js_nats": total[head] / sentence_count[head],
        "sentence_count": sentence_count[head].astype(int),
        "zero_row_count": zero_row_count[head].astype(int),
    }


def _by_sentence(averaged: Divergence, by_head: Divergence | None, rows: Rows) -> Columns:
    unknown: dict[str, np.ndarray | list[None]] = {
        "js_nats": np.full(len(rows.sentence), np.nan),
        "jeffreys_nats": np.full(len(rows.sentence), np.nan),
        "jeffreys_infinite_count": [None] * len(rows.sentence),
        "zero_row_count": [None] * len(rows.sentence),
    }
    known = unknown if by_head is None else {
        "js_nats": _mean_over_heads(rows.means(by_head.js, by_head.is_left_out)),
        "jeffreys_nats": rows.sums(by_head.jeffreys).mean(axis=1),
        "jeffreys_infinite_count": rows.sums(by_head.is_infinite.sum(axis=1)),
        "zero_row_count": rows.sums(by_head.is_left_out.sum(axis=1)),
    }  # fmt: skip
    return {
        "sentence_id": rows.sentence,
        **known,
        "js_head_averaged_nats": rows.means(averaged.js, averaged.is_left_out)[:, 0],
        "jeffreys_head_averaged_nats": rows.sums(averaged.jeffreys)[:, 0],
        "jeffreys_head_averaged_infinite_count": rows.sums(averaged.is_infinite.sum(axis=1)),
        "head_averaged_zero_row_count": rows.sums(averaged.is_left_out.sum(axis=1)),
    }


def _mean_over_heads(js: np.ndarray) -> np.ndarray:
    """Average over the heads that have a value, (n_sentences,); nan where none has."""
    count, mean = (~np.isnan(js)).sum(axis=1), np.full(len(js), np.nan)
    np.divide(np.nansum(js, axis=1), count, out=mean, where=count > 0)
    return mean


def _joined(parts: Sequence[Sequence[Any] | np.ndarray]) -> Sequence[Any] | np.ndarray:
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else [value for part in parts for value in part]
