"""How the attention of a loaded model can be seen, found out by looking and not by a list of architectures.

A short text is read once with the model's own eager attention, and what transformers returns as its weights
(``output_attentions=True``) is compared with what its modules return and with what the attention interface is given.
A model whose weights all pass through the interface is seen there; any other by the modules that return them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from ingest.attention.capture import WITNESSED, Observer, Seen, current_observer, observing
from ingest.attention.taps import See, Tap, find_taps, hook_taps, is_same, record_outputs
from ingest.attention.trial_texts import LONGER, TEXT, Inputs, half_rows, shape_of_weights, trial_batch, trial_inputs
from warehouse.errors import BadInput

PARTS = {"": "attentions", "encoder": "attentions", "decoder": "decoder_attentions", "cross": "cross_attentions"}
"""What transformers calls the weights of each part of a model; without a name: of the whole."""
DIFFERS = {torch.float32: 1e-5}
"""Largest difference of a weight that is taken for rounding; of other types the root of the least step. The attestation
would refuse a model that changes by more within a batch and is not read alone."""


@dataclass(frozen=True)
class Access:
    """A model with the way to its attention.

    Attributes
    ----------
    model
        Of transformers.
    way : str
        ``interface`` or ``hooks``.
    layers : tuple of int
        Those that have softmax attention over all tokens, numbered as in the model.
    head_count : int
    taps : sequence of Tap
        One for each of `layers`.
    layer_of_call : mapping of int to int
        Which of the computations of attention in a forward pass are those of `layers`, and of which.
    part : str
        A key of `PARTS`.
    may_pad : bool
        False where a sentence's weights change with what is in its batch, as where a convolution sees the padding.
    has_rows : bool
        Whether a layer may be computed in blocks of rows.
    sees_later : bool or None
        Whether tokens attend to later ones; None where weights are not finite.
    """

    model: Any
    way: str
    layers: tuple[int, ...]
    head_count: int
    taps: Sequence[Tap]
    layer_of_call: Mapping[int, int]
    part: str = ""
    may_pad: bool = True
    has_rows: bool = False
    sees_later: bool | None = None

    @contextmanager
    def open(self, network: Any | None = None) -> Iterator[Any]:
        """Let attention be seen by the current observer; gives what is to be called instead of the model.

        Parameters
        ----------
        network : optional
            The part of the model that computes attention, where the rest is not wanted.
        """
        network = self.model if network is None else network
        if self.way == "interface":
            with implementation(self.model, WITNESSED):
                yield network
        else:
            with hook_taps(self.taps, _show), implementation(self.model, "eager"):
                yield lambda **inputs: network(**inputs, output_attentions=True)

    @contextmanager
    def returned(self, see: See) -> Iterator[Any]:
        """Hand what the model's own eager attention returns to `see`, layer by layer; gives what is to be called."""
        with implementation(self.model, "eager"), hook_taps(self.taps, see):
            yield lambda **inputs: self.model(**inputs, output_attentions=True)


def _show(module: torch.nn.Module, weights: torch.Tensor) -> None:
    observer = current_observer()
    if observer is not None:
        observer.see(observer.next_layer(), module, weights, None)


@contextmanager
def implementation(model: Any, name: str) -> Iterator[None]:
    """Set the attention implementation within the block, if it is another one."""
    before = model.config._attn_implementation
    if before == name:
        yield
        return
    model.set_attn_implementation(name)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def find_access(model: Any, tokenizer: Any, name: str, part: str = "", context: int | None = None) -> Access:
    """Find out how a model's attention is to be seen.

    Parameters
    ----------
    model, tokenizer
        Of transformers; for ``decoder`` and ``cross`` the whole encoder-decoder, else what is to be called.
    name : str
        For messages.
    part : str
        A key of `PARTS`.
    context : int, optional
        Longest text that it reads, in tokens.

    Raises
    ------
    BadInput
        If it returns no attention weights, or they cannot be attributed to its layers.
    """
    device, (shorter, longer) = next(model.parameters()).device, tokenizer([TEXT, LONGER])["input_ids"]
    inputs, longer_inputs = (trial_inputs(ids[:context], device, part) for ids in (shorter, longer))
    with torch.inference_mode():
        with implementation(model, "eager"), record_outputs(model) as found:
            output = model(**inputs, output_attentions=True)
        weights = list(getattr(output, PARTS[part], None) or ())
        usable = {n: known for n, given in enumerate(weights) if (known := _usable(given, found, inputs, part))}
        if not usable:
            raise BadInput(_why_none(weights, inputs), name, "choose a model whose layers have softmax attention")
        wanted = [probabilities for probabilities, _ in usable.values()]
        for choice in (0, -1):  # the innermost module, unless it is computed with further what it returns
            taps = [(known[choice], wanted) for wanted, known in usable.values()]
            access = _access(model, part, inputs, [tap for tap, _ in taps], list(usable), wanted, len(weights), name)
            if _is_seen(access, inputs, wanted):
                may_pad = _is_seen(access, trial_batch(inputs, longer_inputs), wanted)
                has_rows = access.way == "interface" and _is_seen(access, inputs, wanted, half_rows(inputs, part))
                return replace(access, may_pad=may_pad, has_rows=has_rows, sees_later=_sees_later(wanted))
    raise BadInput("what its modules return is computed with further", name, "choose another model")


def _access(
    model: Any, part: str, inputs: Inputs, taps: Sequence[Tap], places: list[int], wanted: Sequence[torch.Tensor],
    returned: int, name: str,
) -> Access:  # fmt: skip
    layers = _numbers(model, places, taps, returned, part)
    heads = sorted({int(each.shape[1]) for each in wanted})
    if len(heads) > 1 or len(set(layers)) < len(layers):
        what = f"its layers have {' and '.join(map(str, heads))} heads" if len(heads) > 1 else "its layers repeat"
        raise BadInput(what, name, "choose a model whose layers are alike")
    calls = _through_interface(model, inputs, wanted)
    model.set_attn_implementation("eager" if calls is None else WITNESSED)
    of_call = dict(zip(range(len(layers)) if calls is None else calls, layers, strict=True))
    return Access(model, "hooks" if calls is None else "interface", tuple(layers), heads[0], taps, of_call, part)


def text_config(config: Any, part: str) -> Any:
    """Give the configuration of what attends: of an encoder-decoder that of the part, with its names as in others."""
    if not part:
        return config.get_text_config()
    found = config.get_text_config(encoder=part == "encoder", decoder=part != "encoder")
    if hasattr(found, "num_hidden_layers"):
        return found
    return getattr(config, part, found).get_text_config()  # both sides have configurations of their own


def _usable(given: Any, found: Sequence[Any], inputs: Inputs, part: str) -> tuple[torch.Tensor, list[Tap]] | None:
    """Find where the weights of a layer come out, with the weights; None if they are not softmax over all tokens.

    Some architectures return the scores before the softmax: then the module that returns the softmax is looked for.
    """
    if not isinstance(given, torch.Tensor) or given.ndim != 4 or given.shape[2:] != shape_of_weights(inputs, part):
        return None
    for weights in (given, given.softmax(-1)):
        is_share = not bool((weights < 0).any()) and not bool((weights.float().sum(-1) > 1 + 1e-2).any())
        if is_share and (
            taps := find_taps(weights, found)
        ):  # also where nothing is finite: that is told with its place
            return weights, taps
    return None


def _why_none(weights: Sequence[Any], inputs: Inputs) -> str:
    shapes = {tuple(each.shape[1:]) for each in weights if isinstance(each, torch.Tensor)}
    if not shapes:
        return "transformers returns no attention weights of it"
    n = inputs["input_ids"].shape[1]
    return f"what transformers returns of it are not softmax weights over all tokens ({min(shapes)} for {n} tokens)"


def _numbers(model: Any, places: list[int], taps: Sequence[Tap], returned: int, part: str) -> list[int]:
    """Number the layers: in order where each returns weights, else by the first number in its module's name."""
    if returned == text_config(model.config, part).num_hidden_layers:
        return places
    names = {module: name for name, module in model.named_modules()}
    return [int(next(filter(str.isdigit, names[tap.module].split(".")), -1)) for tap in taps]


def _through_interface(model: Any, inputs: Inputs, wanted: Sequence[torch.Tensor]) -> list[int] | None:
    """Find the computations of the attention interface that gave the wanted weights; None if it did not give all."""
    if not model._can_set_attn_implementation():
        return None
    seen: list[Seen] = []
    with implementation(model, WITNESSED), observing(Observer(seen.append)):
        model(**inputs)
    calls, at = [], 0
    for weights in wanted:
        at = next((n for n in range(at, len(seen)) if is_same(seen[n].weights, weights)), -1) + 1
        if not at:
            return None
        calls.append(at - 1)
    return calls


def _sees_later(wanted: Sequence[torch.Tensor]) -> bool | None:
    if not all(bool(weights.isfinite().all()) for weights in wanted):
        return None
    return any(bool(weights.triu(1).any()) for weights in wanted)


def _is_seen(access: Access, inputs: Inputs, wanted: Sequence[torch.Tensor], row_blocks: Sequence[slice] = ()) -> bool:
    """Tell whether the first of the texts is seen with the wanted weights, in blocks of rows where these are given."""
    changes: list[float] = []

    def see(seen: Seen) -> None:
        whole = wanted[access.layers.index(seen.layer)].float()
        alone = whole[:, :, seen.rows]
        found = seen.weights[:1, :, : alone.shape[2], : alone.shape[3]].float()
        changes.append(float((found - alone).abs().max()) if found.shape == alone.shape else torch.inf)

    observer = Observer(see, access.layer_of_call, row_blocks=row_blocks)
    try:
        with observing(observer), access.open() as call:
            call(**inputs)
    except (RuntimeError, IndexError):
        if not row_blocks:
            raise
        return False  # what it computes with does not come in rows
    return not max(changes) > DIFFERS.get(wanted[0].dtype, float(torch.finfo(wanted[0].dtype).eps) ** 0.5)
