"""What is taken as attention: the raw weights, or one of three methods derived from them.

Each method is a context manager: within it, a forward pass of the model calls ``emit(layer, map)`` once a layer, with
a map (batch, n_maps, n_tokens, n_tokens) whose rows sum to 1 over the unpadded tokens. Sums and norms are float32. Of a
long text, `raw` calls ``emit(layer, map, rows)`` once for each block of rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch

from ingest.attention.access import Access
from ingest.attention.capture import ALL_ROWS, Observer, Seen, observing
from ingest.attention.value_zeroing import value_zeroing
from warehouse.errors import BadInput

Method = Callable[..., AbstractContextManager[Observer]]


class Emit(Protocol):
    """What is called with each layer, or each block of rows of one."""

    def __call__(self, layer: int, attention: torch.Tensor, rows: slice = ALL_ROWS) -> None:
        """Take a map of one layer."""


@contextmanager
def raw(access: Access, mask: torch.Tensor, emit: Emit, row_blocks: Sequence[slice] = ()) -> Iterator[Observer]:
    """Attention weights after the softmax, per head, as the model uses them."""

    def see(seen: Seen) -> None:
        emit(seen.layer, seen.weights, seen.rows)

    with observing(Observer(see, access.layer_of_call, row_blocks=row_blocks)) as observer:
        yield observer


@contextmanager
def rollout(access: Access, mask: torch.Tensor, emit: Emit) -> Iterator[Observer]:
    r"""Attention rollout (Abnar & Zuidema 2020, section 3), kept apart by head in its last step.

    Notes
    -----
    With :math:`\bar A_l` the mean over the heads of layer l and :math:`\tilde A_l = (\bar A_l + I)/2` for the residual
    connection, rollout is :math:`R_l = \tilde A_l R_{l-1}`, :math:`R_{-1} = I`. Emitted is
    :math:`(A_{l,h} + I)/2 \; R_{l-1}` for every head h: the mean over heads is exactly :math:`R_l`, and the heads stay
    predictors of their own.
    """
    before: list[torch.Tensor] = []

    def see(seen: Seen) -> None:
        weights = seen.weights.float()
        mixed = (weights + torch.eye(weights.shape[-1], device=weights.device)) / 2
        rolled = mixed @ before.pop().to(weights.device).unsqueeze(1) if before else mixed
        before.append(rolled.mean(dim=1))
        emit(seen.layer, rolled)

    with observing(Observer(see, access.layer_of_call)) as observer:
        yield observer


@contextmanager
def norm(access: Access, mask: torch.Tensor, emit: Emit) -> Iterator[Observer]:
    r"""Norm-based attention (Kobayashi et al. 2020, equation 3), each row divided by its sum.

    Notes
    -----
    :math:`\lVert \alpha_{ij} f(x_j) \rVert` with :math:`f(x) = (x W^V + b^V) W^O` of one head: the length of what
    word j contributes to word i. Rows are divided by their sums so that a row is a share, as attention is.
    """
    parents = {child: parent for parent in access.model.modules() for child in parent.children()}

    def see(seen: Seen) -> None:
        emit(seen.layer, _norms(seen, output_matrix(seen.module, parents[seen.module])))

    with observing(Observer(see, access.layer_of_call)) as observer:
        yield observer


def _norms(seen: Seen, output: torch.Tensor) -> torch.Tensor:
    """Give the shares of the lengths, (batch, n_heads, n_tokens, n_tokens); one head at a time to stay small."""
    heads = seen.weights.shape[1]
    if seen.value is None:
        raise BadInput("its values cannot be seen", type(seen.module).__name__, "choose --method raw or rollout")
    value = seen.value.repeat_interleave(heads // seen.value.shape[1], dim=1).float()
    per_head = output.float().reshape(heads, value.shape[-1], -1)
    lengths = torch.stack([(value[:, h] @ per_head[h]).norm(dim=-1) for h in range(heads)], dim=1)
    scaled = seen.weights.float() * lengths.unsqueeze(2)
    return scaled / scaled.sum(dim=-1, keepdim=True)


def output_matrix(attention: torch.nn.Module, parent: torch.nn.Module) -> torch.Tensor:
    """Find W^O of an attention module, (n_heads x head_size, model_size).

    It is the module's own in decoders; in the BERT family it belongs to the block beside it.

    Raises
    ------
    BadInput
        If there is none under the names that transformers uses.
    """
    beside = getattr(parent, "output", None)
    for owner, name in [(attention, n) for n in OUTPUT_NAMES] + [(beside, "dense")]:
        projection = getattr(owner, name, None)
        if projection is not None:
            weight: torch.Tensor = projection.weight
            return weight if type(projection).__name__ == "Conv1D" else weight.T
    raise BadInput("its output projection is not known", type(attention).__name__, "choose another method")


OUTPUT_NAMES = ("o_proj", "out_proj", "c_proj", "dense", "o", "out_lin", "Wo")
METHODS: Mapping[str, Method] = {"raw": raw, "rollout": rollout, "value-zeroing": value_zeroing, "norm": norm}
NEED_VALUES = ("value-zeroing", "norm")
"""What cannot be had of the weights alone."""
IN_ROWS = ("raw",)
"""What can be computed in blocks of rows."""
