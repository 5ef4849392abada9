"""Seeing attention as each layer computes it, and keeping none.

transformers lets a model's attention be computed by a registered function. The one registered here is the model's own
eager attention (softmax and all, untouched) with a witness beside it, who sees weights and values of one layer while
they exist. Nothing of it is returned, so it is freed before the next layer begins. Models that do not go through this
interface are seen by hooks (`taps.py`); the witness is the same.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

WITNESSED = "witnessed_eager"
"""The name to give as ``attn_implementation``."""


@dataclass(frozen=True)
class Seen:
    """One layer's attention as it is computed.

    Attributes
    ----------
    layer : int
        Its number in the model, from 0.
    module : torch.nn.Module
        The attention module.
    weights : Tensor (batch, n_heads, n_tokens, n_tokens)
        After the softmax, in the model's dtype.
    value : Tensor (batch, n_key_value_heads, n_tokens, head_size) or None
        None where attention is seen by hooks.
    """

    layer: int
    module: torch.nn.Module
    weights: torch.Tensor
    value: torch.Tensor | None


class Witness:
    """Called with each layer in turn.

    Parameters
    ----------
    see : callable
        Given what is seen of each layer.
    layer_of_call : mapping of int to int, optional
        Which computations of attention are looked at, counted from 0 in the order of a forward pass, and the number of
        the layer that each belongs to. By default all, numbered in their order.
    change_value : callable, optional
        Alters the values before they are attended to.
    """

    def __init__(
        self,
        see: Callable[[Seen], None],
        layer_of_call: Mapping[int, int] | None = None,
        change_value: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> None:
        self._see, self._layer_of_call, self.change_value, self._calls = see, layer_of_call, change_value, 0

    def see(self, module: torch.nn.Module, weights: torch.Tensor, value: torch.Tensor | None) -> None:
        """Pass on one layer, if it is looked at."""
        call, self._calls = self._calls, self._calls + 1
        layer = call if self._layer_of_call is None else self._layer_of_call.get(call)
        if layer is not None:
            self._see(Seen(layer, module, weights, value))


_witness: ContextVar[Witness | None] = ContextVar("witness", default=None)


@contextmanager
def witnessed(witness: Witness) -> Iterator[Witness]:
    """Let `witness` see all attention computed in this thread within the block."""
    token = _witness.set(witness)
    try:
        yield witness
    finally:
        _witness.reset(token)


def current_witness() -> Witness | None:
    """Give the witness of the block, if this is one."""
    return _witness.get()


def witnessed_eager(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Compute attention as the model's own eager function does, and show it to the witness."""
    eager = sys.modules[type(module).__module__].eager_attention_forward
    witness = _witness.get()
    if witness is not None and witness.change_value is not None:
        value = witness.change_value(value)
    output, weights = eager(module, query, key, value, attention_mask, **options)
    if witness is not None:
        witness.see(module, weights, value)
    return output, None


AttentionInterface.register(WITNESSED, witnessed_eager)
AttentionMaskInterface.register(WITNESSED, eager_mask)
