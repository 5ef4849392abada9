"""What a model will take, told before it does: the download, the memory and the time."""

import torch

from ingest.attention.checkpoint import Checkpoint
from warehouse import logs

LEAST_PARAMETERS = 20_000_000
"""Smaller models take no time worth telling."""
BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
OPERATIONS = {"cpu": 2e10, "cuda": 5e13}
"""Rough multiplications and additions in a second: of one thread, of one device."""
PASSES = 3
"""What checks cost beside the forward pass, counted in such passes."""


def tell_download(name: str, byte_count: int) -> None:
    """Say how much is fetched from the hub."""
    logs.remark(f"{name}: {megabytes(byte_count)} are fetched from the hub and kept in its cache.")


def tell_expected(checkpoint: Checkpoint, device: str, dtype: str) -> None:
    """Say what computing will take, of a model that is not small."""
    count = sum(p.numel() for p in checkpoint.skeleton.parameters())
    if count < LEAST_PARAMETERS:
        return
    logs.remark(
        f"{checkpoint.name}: {count / 1e6:,.0f} million parameters are loaded, about {megabytes(count * BYTES[dtype])} "
        f"of memory in {dtype}; a thousand tokens take about {seconds(count, device):,.0f} s on {device}, by estimate."
    )


def seconds(parameter_count: int, device: str) -> float:
    """Estimate how long a thousand tokens take [s]."""
    rate = OPERATIONS["cpu"] * torch.get_num_threads() if device == "cpu" else OPERATIONS["cuda"]
    return max(1.0, PASSES * 2 * parameter_count * 1000 / rate)


def megabytes(byte_count: int) -> str:
    """Write a size."""
    return f"{byte_count / 1e9:,.1f} GB" if byte_count >= 1e9 else f"{byte_count / 1e6:,.0f} MB"
