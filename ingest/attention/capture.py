"""Seeing attention as each layer computes it, and keeping none.

transformers lets a model's attention be computed by a registered function. The one registered here is the model's own
eager attention (softmax and all, untouched) with an observer beside it, who sees weights and values of one layer while
they exist. Nothing of it is returned, so it is freed before the next layer begins. Models that do not go through this
interface are seen by hooks (`taps.py`); the observer is the same.

Where the weights of a whole layer would not fit, the same function is given the queries in blocks of rows: each block's
weights are what the rows of the whole would be, and are seen and freed before the next block is computed.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

WITNESSED = "observed_eager"
"""The name to give as ``attn_implementation``."""
ALL_ROWS = slice(None)


@dataclass(frozen=True)
class Seen:
    """One layer's attention as it is computed.

    Attributes
    ----------
    layer : int
        Its number in the model, from 0.
    module : torch.nn.Module
        The attention module.
    weights : Tensor (batch, n_heads, n_rows, n_tokens)
        After the softmax, in the model's dtype.
    value : Tensor (batch, n_key_value_heads, n_tokens, head_size) or None
        None where attention is seen by hooks.
    rows : slice
        Which of the tokens that look the weights are of.
    """

    layer: int
    module: torch.nn.Module
    weights: torch.Tensor
    value: torch.Tensor | None
    rows: slice = field(default_factory=lambda: ALL_ROWS)


class Observer:
    """Called with each layer in turn, or with each block of rows of a layer.

    Parameters
    ----------
    see : callable
        Given what is seen of each layer.
    layer_of_call : mapping of int to int, optional
        Which computations of attention are looked at, counted from 0 in the order of a forward pass, and the number of
        the layer that each belongs to. By default all, numbered in their order.
    change_value : callable, optional
        Alters the values before they are attended to.
    row_blocks : sequence of slice, optional
        The blocks of rows in which a layer is computed; by default all rows at once.
    """

    def __init__(
        self,
        see: Callable[[Seen], None],
        layer_of_call: Mapping[int, int] | None = None,
        change_value: Callable[[torch.Tensor], torch.Tensor] | None = None,
        row_blocks: Sequence[slice] = (),
    ) -> None:
        self._see, self._layer_of_call, self.change_value, self._calls = see, layer_of_call, change_value, 0
        self._row_blocks = row_blocks

    def next_layer(self) -> int | None:
        """Count a computation of attention; give the number of its layer, None if that is not looked at."""
        call, self._calls = self._calls, self._calls + 1
        return call if self._layer_of_call is None else self._layer_of_call.get(call)

    def see(self, layer: int | None, module: torch.nn.Module, weights: torch.Tensor, *more: Any) -> None:
        """Pass on one layer or some rows of it, if it is looked at; `more` are the value and the rows."""
        if layer is not None:
            self._see(Seen(layer, module, weights, *more))

    def blocks_of(self, row_count: int) -> Sequence[slice]:
        """Give the blocks in which so many rows are computed: of another part than is looked at, as large ones."""
        if not self._row_blocks:
            return [ALL_ROWS]
        if self._row_blocks[-1].stop == row_count:
            return self._row_blocks
        most = max(block.stop - block.start for block in self._row_blocks)
        return [slice(start, start + most) for start in range(0, row_count, most)]


_observer: ContextVar[Observer | None] = ContextVar("observer", default=None)


@contextmanager
def observing(observer: Observer) -> Iterator[Observer]:
    """Let `observer` see all attention computed in this thread within the block."""
    token = _observer.set(observer)
    try:
        yield observer
    finally:
        _observer.reset(token)


def current_observer() -> Observer | None:
    """Give the observer of the block, if this is one."""
    return _observer.get()


def observed_eager(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Compute attention as the model's own eager function does, and show it to the observer."""
    eager = sys.modules[type(module).__module__].eager_attention_forward
    observer = _observer.get()
    if observer is None:
        return eager(module, query, key, value, attention_mask, **options)[0], None
    layer, outputs = observer.next_layer(), []
    if observer.change_value is not None:
        value = observer.change_value(value)
    for rows in observer.blocks_of(query.shape[2]):
        own = {name: _rows_of(option, rows, query.shape[2]) for name, option in options.items()}
        mask = _rows_of(attention_mask, rows, query.shape[2])
        output, weights = eager(module, query[:, :, rows], key, value, mask, **own)
        observer.see(layer, module, weights, value, rows)
        del weights  # before those of the next block are made
        outputs.append(output)
    return outputs[0] if len(outputs) == 1 else torch.cat(outputs, dim=1), None


def _rows_of(given: Any, rows: slice, row_count: int) -> Any:
    """Give some rows of a mask or of what else belongs to pairs of tokens (T5's biases); other things as they are."""
    if rows == ALL_ROWS or not isinstance(given, torch.Tensor) or given.ndim != 4 or given.shape[-2] != row_count:
        return given
    return given[:, :, rows]


AttentionInterface.register(WITNESSED, observed_eager)
AttentionMaskInterface.register(WITNESSED, eager_mask)
