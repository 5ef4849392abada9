"""A layer's heads as the basis of their span, beside centred readers, block by block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.design import Design
from warehouse.plugin.columns import Block


@dataclass(frozen=True)
class OnBasis:
    """Blocks of the basis of a design, the targets about their means, and what else there is of the cells."""

    blocks: Iterable[Block]
    design: Design
    target_mean: np.ndarray

    def __iter__(self) -> Iterator[Block]:
        for x, y, of_cell in self.blocks:
            yield self.design.basis(x), y - self.target_mean, of_cell
