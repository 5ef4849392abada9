"""Seeing attention as each layer computes it, and keeping none.

transformers lets a model's attention be computed by a registered function. The one registered here is the model's own
eager attention (softmax and all, untouched) with a witness beside it, who sees weights and values of one layer while
they exist. Nothing of it is returned, so it is freed before the next layer begins.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from warehouse.errors import BadInput

WITNESSED = "witnessed_eager"
"""The name to give as ``attn_implementation``."""


@dataclass(frozen=True)
class Seen:
    """One layer's attention as it is computed.

    Attributes
    ----------
    layer : int
        Counted from 0 in the order of computation.
    module : torch.nn.Module
        The attention module.
    weights : Tensor (batch, n_heads, n_tokens, n_tokens)
        After the softmax, in the model's dtype.
    value : Tensor (batch, n_key_value_heads, n_tokens, head_size)
    """

    layer: int
    module: torch.nn.Module
    weights: torch.Tensor
    value: torch.Tensor


class Witness:
    """Called with each layer in turn; `change_value`, where given, alters the values before they are attended to."""

    def __init__(
        self, see: Callable[[Seen], None], change_value: Callable[[torch.Tensor], torch.Tensor] | None = None
    ) -> None:
        self._see, self.change_value, self.layers = see, change_value, 0

    def see(self, module: torch.nn.Module, weights: torch.Tensor, value: torch.Tensor) -> None:
        """Pass on one layer."""
        self._see(Seen(self.layers, module, weights, value))
        self.layers += 1


_witness: ContextVar[Witness | None] = ContextVar("witness", default=None)


@contextmanager
def witnessed(witness: Witness) -> Iterator[Witness]:
    """Let `witness` see all attention computed in this thread within the block."""
    token = _witness.set(witness)
    try:
        yield witness
    finally:
        _witness.reset(token)


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


def require_witnessed(model: Any, name: str) -> None:
    """Refuse a model whose attention implementation returns nothing to see.

    Raises
    ------
    BadInput
        Where the model was loaded with another implementation (the default, sdpa, never forms the weights).
    """
    implementation = model.config._attn_implementation
    if implementation != WITNESSED:
        remedy = f"load it with attn_implementation={WITNESSED!r}"
        raise BadInput(f"the attention implementation {implementation!r} returns no attention", name, remedy)


AttentionInterface.register(WITNESSED, witnessed_eager)
AttentionMaskInterface.register(WITNESSED, eager_mask)
