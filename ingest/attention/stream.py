"""From the device to the host without waiting: copies into pinned memory on a side stream.

The loader takes what arrives in another thread than the one that writes it, so the device waits neither for the copy
nor for the database.
"""

from typing import Protocol

import numpy as np
import torch


class Pending(Protocol):
    """An array that is there, or on its way."""

    def wait(self) -> np.ndarray:
        """Give the array, waiting for it where it is not there yet."""


class Ready:
    """An array that is there."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def wait(self) -> np.ndarray:
        """Give it."""
        return self._array


class CopyingFromDevice:
    """A tensor being copied from a CUDA device."""

    def __init__(self, tensor: torch.Tensor, side: torch.cuda.Stream) -> None:
        side.wait_stream(torch.cuda.current_stream(tensor.device))
        with torch.cuda.stream(side):
            self._host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
            self._host.copy_(tensor, non_blocking=True)
            self._arrival = side.record_event()
        tensor.record_stream(side)  # keeps the device memory until the copy is done

    def wait(self) -> np.ndarray:
        """Wait until it is there; no further copy."""
        self._arrival.synchronize()
        array: np.ndarray = self._host.numpy()
        return array


class HostCopies:
    """Sends tensors to the host, with one side stream for each CUDA device."""

    def __init__(self) -> None:
        self._sides: dict[torch.device, torch.cuda.Stream] = {}

    def start(self, tensor: torch.Tensor) -> Pending:
        """Begin the copy and come back at once (on the CPU there is nothing to copy)."""
        if tensor.device.type != "cuda":
            return Ready(tensor.cpu().numpy())
        if tensor.device not in self._sides:
            self._sides[tensor.device] = torch.cuda.Stream(tensor.device)
        return CopyingFromDevice(tensor, self._sides[tensor.device])
