"""What is found of each reader of a layer, and on how much it stands; readers are put together from several fits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics._stats.bootstrap import in_sample_r2
from analytics._stats.held_out import each_in_parts
from analytics._stats.matched import component_r2, subset_r2
from analytics._stats.moments import Moments
from analytics._stats.sums import Sums


@dataclass(frozen=True)
class Extent:
    """On how much a score stands: R2 that chance gives, cells, and heads."""

    random_r2: float
    cell_count: int
    predictor_count: int

    @classmethod
    def of(cls, sums: Sums) -> "Extent":
        """Take it from the sums of a layer."""
        return cls(sums.design.rank / (sums.n_cells - 1), sums.n_cells, sums.n_predictors)

    @classmethod
    def mean(cls, each: Sequence["Extent"]) -> "Extent":
        """Average over readers who read different sentences; the cells are the most that one of them read."""
        if not each:
            return cls(float("nan"), 1, 1)
        by_chance = float(np.mean([one.random_r2 for one in each]))
        return cls(by_chance, max(one.cell_count for one in each), each[0].predictor_count)


@dataclass(frozen=True)
class Scores:
    """What is found of each reader, readers along the last axis; constant readers are not asked for.

    `matched` is (n_subsets, n_readers), `drawn` (n_draws, n_readers), the others (n_readers,).
    """

    r2: np.ndarray
    sentence_cv_r2: np.ndarray
    matched: np.ndarray
    component_r2: np.ndarray
    drawn: np.ndarray

    @classmethod
    def of(cls, sums: Sums, heads: np.ndarray, drawn: np.ndarray) -> "Scores":
        """Score each reader with all heads, with some (n_subsets, n_heads), and with what was drawn."""
        design, total = sums.design, sums.total
        r2 = in_sample_r2(Moments.stacked([total]))[0]
        held_out = each_in_parts(sums.by_sentence, total) if len(sums.sentences) > 1 else np.full(len(r2), np.nan)
        components = component_r2(design, total, heads.shape[1])
        return cls(r2, held_out, subset_r2(design, total, heads), components, drawn)

    @classmethod
    def joined(cls, each: Sequence["Scores"]) -> "Scores":
        """Put what is found of several readers side by side."""
        return cls(*(np.concatenate(some, axis=-1) for some in zip(*(vars(one).values() for one in each), strict=True)))

    def of_readers(self, chosen: np.ndarray) -> "Scores":
        """Give what is found of some readers."""
        return Scores(*(values[..., chosen] for values in vars(self).values()))

    @property
    def missing_because(self) -> str | None:
        """Say why there is no score at all, or None."""
        return None if len(self.r2) else "no reader's values vary over the word pairs"
