"""The short texts that a model reads when it is loaded, so that it is seen how its attention is to be had."""

from collections.abc import Mapping, Sequence

import torch

TEXT = "It is so cold that we stay here."
LONGER = f"{TEXT} The wind is from the north."
Inputs = Mapping[str, torch.Tensor]


def trial_inputs(ids: Sequence[int], device: torch.device, part: str) -> dict[str, torch.Tensor]:
    """Make what a model is called with of one text; a decoder reads all but the last token of the same text."""
    own = torch.tensor([list(ids)], device=device)
    given = {"input_ids": own, "attention_mask": torch.ones_like(own)}
    if part in ("decoder", "cross"):
        given |= {"decoder_input_ids": own[:, :-1], "decoder_attention_mask": torch.ones_like(own[:, :-1])}
    return given


def trial_batch(a: Inputs, b: Inputs) -> Inputs:
    """Stack two texts, the shorter padded with zeros."""
    return {name: _stacked(a[name], b[name]) for name in a}


def _stacked(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    length = max(a.shape[1], b.shape[1])
    return torch.cat([torch.nn.functional.pad(each, (0, length - each.shape[1])) for each in (a, b)])


def shape_of_weights(inputs: Inputs, part: str) -> tuple[int, int]:
    """Give how many tokens look, and how many are looked at."""
    own, other = inputs.get("decoder_input_ids", inputs["input_ids"]), inputs["input_ids"]
    return own.shape[1], (other if part == "cross" else own).shape[1]


def half_rows(inputs: Inputs, part: str) -> list[slice]:
    """Cut the tokens that look in two blocks."""
    rows, _ = shape_of_weights(inputs, part)
    return [slice(0, rows // 2), slice(rows // 2, rows)]
