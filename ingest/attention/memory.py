"""What fits into a device's memory: found out by trying."""

import torch

PATIENCE = 8
"""Batches that fit before more is tried again; twice as many after every time that it was too much."""


class BatchSize:
    """How many padded tokens a device takes at once: less when it is out of memory, and tried anew after a while.

    Parameters
    ----------
    tokens : int
        At first, and at most.
    """

    def __init__(self, tokens: int) -> None:
        self.tokens = self._most = tokens
        self._worked, self._patience = 0, PATIENCE

    def failed(self, padded: int) -> None:
        """Take half of what was too much, and wait longer until more is tried again."""
        if self._worked < self._patience:
            self._patience *= 2
        self.tokens, self._worked = max(1, padded // 2), 0

    def worked(self) -> None:
        """Count a batch that fitted."""
        self._worked += 1
        if self._worked >= self._patience and self.tokens < self._most:
            self.tokens, self._worked = min(self._most, 2 * self.tokens), 0


def is_out_of_memory(error: RuntimeError) -> bool:
    """Tell whether an error means that memory did not suffice."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or any(mark in said for mark in OUT_OF_MEMORY)


OUT_OF_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUSOLVER_STATUS_ALLOC_FAILED",
)
"""How it is said where it is no error of its own: by the host, and by libraries that allocate for themselves. cuBLAS
says that it is not initialised where the memory for its handle is not to be had."""
