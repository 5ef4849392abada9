"""Slices of the warehouse as numpy arrays, read-only, at wire speed.

A slice has a name, which an analysis gives in `reads`; `SLICES` says what each one is. Slices over cells have the same
rows in one unit: the cells (word pairs of the lower triangles with diagonal) of the sentences that everything the unit
reads has, and that are not left out on request; ordered by sentence, word looked from, word looked to. They come whole,
or in blocks of whole sentences.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from warehouse.database.types import Connection
from warehouse.plugin.columns import Column
from warehouse.slices import (
    attention,
    beyond,
    blocks,
    cells,
    designs,
    divergences,
    effects,
    model_scores,
    nested,
    pairs,
    patterns,
    predictors,
    readers,
    reading_times,
    reliance,
    resemblance,
    summed,
)
from warehouse.slices.reading import Reading, Slice, Work

__all__ = ["SLICES", "Reading", "Slice", "Slices", "Work"]

SLICES: Mapping[str, Slice] = {
    "layer": Slice(
        attention.layer, attention.layer_inputs, attention.sentences_of_layer, look_ahead=attention.look_ahead
    ),
    "readers": Slice(readers.values, readers.inputs, readers.sentences_read, is_of_piece=True),
    "subject_labels": Slice(readers.labels, is_over_cells=False, is_of_piece=True),
    "groups": Slice(readers.groups, is_over_cells=False, is_of_piece=True),
    "article": Slice(cells.article),
    "sentence": Slice(cells.sentence),
    "left": Slice(pairs.left, pairs.inputs, pairs.left_held, look_ahead=pairs.look_ahead),
    "right": Slice(pairs.right, pairs.inputs, pairs.right_held),
    "word_row": Slice(pairs.word_row),
    "gaps": Slice(pairs.gaps, is_over_cells=False),
    "depths": Slice(divergences.depths, is_over_cells=False),
    "divergences": Slice(
        divergences.divergences, divergences.inputs, is_over_cells=False, unit_ids=divergences.unit_ids
    ),
    "patterns": Slice(patterns.patterns, patterns.inputs),
    "predictors": Slice(predictors.values, predictors.inputs, predictors.held, is_of_piece=True),
    "design": Slice(designs.values, designs.inputs, designs.held, look_ahead=attention.look_ahead),
    "predictor_columns": Slice(predictors.columns, is_over_cells=False, is_of_piece=True),
    "left_reader_reliance": Slice(
        reliance.left_readers, reliance.reader_inputs, is_over_cells=False, unit_ids=reliance.reader_unit_ids
    ),
    "right_reader_reliance": Slice(reliance.right_readers, is_over_cells=False),
    "left_head_reliance": Slice(
        reliance.left_heads, reliance.head_inputs, is_over_cells=False, unit_ids=reliance.head_unit_ids
    ),
    "right_head_reliance": Slice(reliance.right_heads, is_over_cells=False),
    "smallest_head_count": Slice(attention.smallest_head_count, attention.smallest_inputs, is_over_cells=False),
    "common_layers": Slice(
        resemblance.common_layers,
        resemblance.pair_inputs,
        is_over_cells=False,
        unit_ids=resemblance.pair_unit_ids,
        look_ahead=resemblance.look_ahead,
    ),
    "left_r2": Slice(resemblance.left_r2, is_over_cells=False),
    "right_r2": Slice(resemblance.right_r2, is_over_cells=False),
    "group_layers": Slice(
        resemblance.group_layers,
        resemblance.group_inputs,
        is_over_cells=False,
        unit_ids=resemblance.group_unit_ids,
        look_ahead=resemblance.look_ahead,
    ),
    "left_group_r2": Slice(resemblance.left_group_r2, is_over_cells=False),
    "right_group_r2": Slice(resemblance.right_group_r2, is_over_cells=False),
    "group_ceilings": Slice(
        resemblance.group_ceilings,
        resemblance.ceiling_inputs,
        is_over_cells=False,
        unit_ids=resemblance.ceiling_unit_ids,
    ),
    "model_scores": Slice(
        model_scores.model_scores, model_scores.inputs, is_over_cells=False, unit_ids=model_scores.unit_ids
    ),
    "article_layers": Slice(
        nested.article_layers,
        nested.inputs,
        is_over_cells=False,
        unit_ids=nested.unit_ids,
        look_ahead=nested.look_ahead,
    ),
    "article_choices": Slice(nested.article_choices, is_over_cells=False),
    "article_errors": Slice(nested.article_errors, is_over_cells=False),
    "nested_unique": Slice(
        beyond.nested_unique,
        beyond.inputs,
        is_over_cells=False,
        unit_ids=beyond.unit_ids,
        look_ahead=beyond.look_ahead,
    ),
    "reader_scores": Slice(nested.reader_scores, is_over_cells=False),
    "left_group_scores": Slice(
        effects.left_group_scores,
        effects.group_score_inputs,
        is_over_cells=False,
        unit_ids=effects.group_unit_ids,
        look_ahead=effects.look_ahead,
    ),
    "right_group_scores": Slice(effects.right_group_scores, is_over_cells=False),
    "reading_times": Slice(reading_times.reading_times, reading_times.time_inputs, is_over_cells=False),
    "word_baseline": Slice(reading_times.word_baseline, reading_times.word_inputs, is_over_cells=False),
    "word_surprisal": Slice(reading_times.word_surprisal, is_over_cells=False),
    "word_sentence": Slice(reading_times.word_sentence, is_over_cells=False),
    "tuned_scores": Slice(
        effects.tuned_scores,
        effects.tuned_score_inputs,
        is_over_cells=False,
        unit_ids=effects.tuned_unit_ids,
        look_ahead=effects.look_ahead_at_tuned,
    ),
}


PREDICTOR_COUNTS: Mapping[str, Callable[[Reading, Work], int]] = {
    "layer": attention.head_count,
    "patterns": patterns.count,
    "head_average": lambda *_: 1,
}
"""How many columns least squares has: the heads of a layer, patterns, or the mean over the heads."""
AHEAD = 500
"""Units that are looked ahead at: what is remembered of them has to be in memory together."""


class Slices:
    """Reads for one analysis run; one connection, used by one thread.

    Parameters
    ----------
    connection : psycopg.Connection
        Read-only.
    leave_out : sequence of str
        Labels of sentences that are left out on request.
    """

    def __init__(self, connection: Connection, leave_out: Sequence[str] = ()) -> None:
        self.reading = Reading(connection, tuple(leave_out))

    def arrays(self, names: Sequence[str], *works: Work) -> list[Any]:
        """Give the named slices of a unit, or of a piece of several; those over cells have the same rows."""
        chosen = [SLICES[name] for name in names]
        parts = blocks.parts(self.reading, works[0], chosen) if any(each.is_over_cells for each in chosen) else []
        return [self._whole(each, parts, works) if each.is_over_cells else self._pull(each, works) for each in chosen]

    def columns(self, names: Sequence[str], works: Sequence[Work], pool: Executor) -> list[Any]:
        """Give the named slices of a piece, those over cells as columns that come in blocks.

        To be called in the one thread of `pool`, in which blocks are pulled.
        """
        chosen = [SLICES[name] for name in names]
        is_of_sums = summed.is_summed(works[0]) and any(summed.is_attention(each) for each in chosen)
        make = summed.SummedBlocks if is_of_sums else blocks.PieceBlocks
        of_piece = make(self.reading, works, chosen, pool)
        return [
            Column(of_piece, place) if each.is_over_cells else self._pull(each, works)
            for place, each in enumerate(chosen)
        ]

    def _pull(self, each: Slice, works: Sequence[Work]) -> Any:
        return each.pull(self.reading, each.asked_of(works))

    def _whole(self, each: Slice, parts: Sequence[blocks.CellBlock], works: Sequence[Work]) -> np.ndarray:
        found = [blocks.rows_of(each, self.reading, works, *part) for part in parts]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def sums_lacking(self, names: Sequence[str], work: Work, at_most: str) -> str | None:
        """Say why the sums that are kept in place of a unit's attention do not serve it; None where they do.

        Parameters
        ----------
        names : sequence of str
            The slices that it reads.
        work : mapping
            The unit.
        at_most : str
            What sums with readers may be over at most: ``sentence`` or ``article``; empty where no sums serve.
        """
        chosen = [SLICES[name] for name in names]
        if not any(map(summed.is_attention, chosen)) or not summed.is_summed(work):
            return None
        return summed.lacking(self.reading, work, at_most, [each for each in chosen if each.is_over_cells])

    def lacking_of_all(self, names: Sequence[str], predictors: str, works: Sequence[Work]) -> Iterator[str | None]:
        """Say of each of many units what it lacks so that an analysis would refuse it; None where it lacks nothing.

        Parameters
        ----------
        names : sequence of str
            The slices that it reads.
        predictors : str
            What least squares takes as predictors, a key of `PREDICTOR_COUNTS`; empty where it takes none.
        works : sequence of mapping
            The units.
        """
        held = [SLICES[name].held for name in names]
        for work in self._looked_ahead(names, works) if predictors or "gaps" in names else ():
            if not predictors:
                yield "; ".join(pairs.gaps(self.reading, work)) or None
                continue
            where = work.get("corpus", "their corpus")  # units over models have its number only
            needed = PREDICTOR_COUNTS[predictors](self.reading, work) + 2
            given = cells.training_count(self.reading, work, held)
            yield f"{where} has {given} word pairs to fit, and {needed} are needed" if given < needed else None

    def inputs_of_all(self, names: Sequence[str], works: Sequence[Work]) -> Iterator[dict[str, str]]:
        """Give what each of many units reads."""
        return (self.inputs(names, work) for work in self._looked_ahead(names, works))

    def _looked_ahead(self, names: Sequence[str], works: Sequence[Work]) -> Iterator[Work]:
        """Give many units, asking the server once for what `AHEAD` of them read."""
        for start in range(0, len(works), AHEAD):
            batch = works[start : start + AHEAD]
            for name in names:
                SLICES[name].look_ahead(self.reading, batch)
            yield from batch

    def inputs(self, names: Sequence[str], work: Work) -> dict[str, str]:
        """Give what a unit reads, by name and digest, without pulling its attention."""
        chosen = [SLICES[name] for name in names]
        found = {part: digest for each in chosen for part, digest in each.inputs(self.reading, work).items()}
        if any(each.is_over_cells for each in chosen):
            found["sentences"] = cells.digest(self.reading, work, [each.held for each in chosen])
        return found

    def unit_ids(self, names: Sequence[str], work: Work) -> set[int]:
        """Give the units of results that wrote what a unit reads."""
        return {int(number) for name in names for number in SLICES[name].unit_ids(self.reading, work)}

    def subject_ids(self, work: Work) -> np.ndarray:
        """Give the readers of a unit in the order of the columns of `readers`, (n_subjects,)."""
        return readers.subject_ids(self.reading, work)
