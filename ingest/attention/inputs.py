"""What a model is called with: sentences padded to one length, on its device."""

from collections.abc import Sequence

import numpy as np
import torch

from ingest.attention.sentences import Sentence


def pad_batch(batch: Sequence[Sentence], device: torch.device) -> dict[str, torch.Tensor]:
    """Pad at the end: ids and mask, (n_sentences, longest), by the names of a model's arguments.

    Padding at the end leaves every position as it is alone, and masked keys get a weight of exactly 0, so each
    sentence's numbers are those it has alone, up to the order of summation.
    """
    sources = [s.source for s in batch if s.source]
    given = zip(("input_ids", "attention_mask"), _pad(sources or batch, device), strict=True)
    if not sources:
        return dict(given)
    decoder = zip(("decoder_input_ids", "decoder_attention_mask"), _pad(batch, device), strict=True)
    return dict(given) | dict(decoder)


def _pad(batch: Sequence[Sentence], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(s.ids) for s in batch)
    ids = np.zeros((len(batch), longest), dtype=np.int64)
    mask = np.zeros((len(batch), longest), dtype=np.int64)
    for row, sentence in enumerate(batch):
        ids[row, : len(sentence.ids)] = sentence.ids
        mask[row, : len(sentence.ids)] = 1
    return on_device(ids, device), on_device(mask, device)


def on_device(array: np.ndarray, device: torch.device) -> torch.Tensor:
    """Copy an array to a device; to CUDA by way of pinned memory, so that nothing waits for what is computed there."""
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
