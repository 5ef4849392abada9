"""A layer's heads as the basis of their span, beside centred readers, block by block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics._stats.design import Design
from analytics._stats.spread import Spread
from warehouse.plugin.columns import Block


@dataclass(frozen=True)
class OnBasis:
    """Blocks of the basis of a design, the centred targets, and what else there is of the cells (folds, sentences).

    `targets` (n_targets,) of bool chooses some of the targets.
    """

    blocks: Iterable[Block]
    design: Design
    spread: Spread
    targets: np.ndarray | None = None

    def __iter__(self) -> Iterator[Block]:
        for x, y, of_cell in self.blocks:
            centred = self.spread.centred(y)
            yield self.design.basis(x), centred if self.targets is None else centred[:, self.targets], of_cell
