"""The second way to see attention: where a module returns its weights, they are taken out of what it returns.

A tap knows the module that a layer's weights leave first, the place in what it returns, and the order of their axes
there. While weights are looked at, a tensor of the same shape without memory of its own stands in for them, so that a
model which collects the weights of all its layers collects none.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import torch

Place = tuple[int | str, ...]
See = Callable[[torch.nn.Module, torch.Tensor], None]


@dataclass(frozen=True)
class Tap:
    """Where the weights of one layer come out.

    Attributes
    ----------
    module : torch.nn.Module
    place : tuple of int or str
        Which of the things that it returns; empty where it returns the weights alone.
    axes : tuple of int
        Which axes there are sentence, head, token that looks and token looked at.
    """

    module: torch.nn.Module
    place: Place
    axes: tuple[int, ...]


@dataclass(frozen=True)
class Returned:
    """A tensor of four axes that some module returned."""

    module: torch.nn.Module
    place: Place
    tensor: torch.Tensor


@contextmanager
def record_outputs(model: torch.nn.Module) -> Iterator[list[Returned]]:
    """Record what the modules of a model return within the block, innermost first: for short texts only."""
    found: list[Returned] = []

    def record(module: torch.nn.Module, _: Any, output: Any) -> None:
        found.extend(Returned(module, place, tensor) for place, tensor in _tensors(output))

    with ExitStack() as stack:
        for module in model.modules():
            stack.callback(module.register_forward_hook(record).remove)
        yield found


def find_taps(weights: torch.Tensor, found: Sequence[Returned]) -> list[Tap]:
    """Find where weights (batch, n_heads, n_tokens, n_tokens) come out, by their values, innermost module first.

    Modules that return them beside their output come before those that return nothing else, such as a dropout, which
    may be used elsewhere too. Where some return them to the last bit, others do not count: rounded to few digits, the
    weights of two layers of a small model may look alike.
    """
    known = [(each, axes) for each in found for axes in permutations(range(4)) if _is_place(each, axes, weights)]
    exact = [(each, axes) for each, axes in known if torch.equal(each.tensor.permute(axes), weights)]
    taps = [Tap(each.module, each.place, axes) for each, axes in exact or known]
    return sorted(taps, key=lambda tap: not tap.place)


def _is_place(returned: Returned, axes: tuple[int, ...], weights: torch.Tensor) -> bool:
    return is_same(returned.tensor.permute(axes), weights)


def is_same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Tell whether two tensors hold the same, up to the rounding of their dtype."""
    if a.shape != b.shape or not a.is_floating_point():
        return False
    tolerance = 4 * float(max(torch.finfo(a.dtype).eps, torch.finfo(b.dtype).eps))
    return bool(torch.allclose(a.float(), b.to(a.device).float(), rtol=0, atol=tolerance, equal_nan=True))


@contextmanager
def hook_taps(taps: Sequence[Tap], see: See) -> Iterator[None]:
    """Hand the weights of each tapped layer to `see` within the block, in the order in which they are computed."""
    by_module = {tap.module: tap for tap in taps}  # a module that several layers share returns the same each time
    with ExitStack() as stack:
        for module, tap in by_module.items():
            handle = module.register_forward_hook(_hook(tap, see), prepend=True)  # before transformers' own recorder
            stack.callback(handle.remove)
        yield


def _hook(tap: Tap, see: See) -> Callable[..., Any]:
    def hook(module: torch.nn.Module, _: Any, output: Any) -> Any:
        weights = output
        for step in tap.place:
            weights = weights[step]
        see(module, weights.permute(tap.axes))
        return _replaced(output, tap.place, weights.new_zeros(()).expand(weights.shape)) if tap.place else None

    return hook


def _tensors(output: Any, place: Place = ()) -> Iterator[tuple[Place, torch.Tensor]]:
    if isinstance(output, torch.Tensor):
        if output.ndim == 4:
            yield place, output
    elif isinstance(output, list | tuple):
        for step, part in enumerate(output):
            yield from _tensors(part, (*place, step))


def _replaced(output: Any, place: Place, by: Any) -> Any:
    """Give a copy of nested lists and tuples with another thing in one place."""
    if not place:
        return by
    parts = [_replaced(part, place[1:], by) if step == place[0] else part for step, part in enumerate(output)]
    return type(output)(parts)
