"""Value zeroing (Mohebbi et al. 2023): how much a token changes when it may not hear another one's value."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from ingest.attention.access import Access
from ingest.attention.blocks import outer_blocks
from ingest.attention.capture import Observer, Seen, observing


@contextmanager
def value_zeroing(access: Access, mask: torch.Tensor, emit: Callable[[int, torch.Tensor], None]) -> Iterator[Observer]:
    r"""Emit one map a layer, (batch, 1, n_tokens, n_tokens), for all heads together.

    Notes
    -----
    :math:`C_{ij} = 1 - \cos(\tilde x_i^{\neg j}, \tilde x_i)`, rows divided by their sums (Mohebbi et al. 2023,
    equation 3): :math:`\tilde x` is the output of the layer, feed-forward and residual included, and
    :math:`\neg j` the same layer on the same input with the value vector of token j set to zero in every head. So a
    layer is computed once more for each token of the longest sentence of the batch.
    """
    layers = _Layers(emit, access.layer_of_call)
    with ExitStack() as hooks, observing(layers.observer) as observer:
        for block in outer_blocks(access.model):
            handle = block.register_forward_hook(layers.after_block, with_kwargs=True)
            hooks.callback(handle.remove)
        yield observer


class _Layers:
    """Replays each layer after it is done."""

    def __init__(self, emit: Callable[[int, torch.Tensor], None], layer_of_call: Mapping[int, int]) -> None:
        self._emit = emit
        self._seen: list[Seen] = []
        self.observer = Observer(self._seen.append, layer_of_call)

    def after_block(self, block: torch.nn.Module, given: tuple[Any, ...], options: dict[str, Any], output: Any) -> None:
        """Compare the layer's output with that of each replay; a block without attention is passed over."""
        if not self._seen:
            return
        seen = self._seen.pop()
        attended = (seen.weights != 0).any(dim=1)
        usual = _hidden(output).double()
        changes = []
        for j in range(usual.shape[1]):
            with observing(Observer(lambda _: None, change_value=_zeroing(j))):
                changed = _hidden(block.forward(*given, **options)).double()
            changes.append(1 - torch.cosine_similarity(changed, usual, dim=-1))
        distance = torch.stack(changes, dim=-1).clamp_min(0) * attended  # where nothing is heard, nothing changes
        shares = distance / distance.sum(dim=-1, keepdim=True).clamp_min(torch.finfo(torch.float64).tiny)
        self._emit(seen.layer, shares.float().unsqueeze(1))


def _hidden(output: Any) -> torch.Tensor:
    hidden: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return hidden


def _zeroing(j: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Make the change of values (batch, heads, n_tokens, size) that silences token j."""

    def change(value: torch.Tensor) -> torch.Tensor:
        silenced = value.clone()
        silenced[:, :, j] = 0
        return silenced

    return change
