"""The triangular factor of a matrix whose rows come in blocks."""

from collections.abc import Iterable

import numpy as np


def triangle(blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Give R of the QR decomposition of all rows, (at most n_columns, n_columns), holding one block at a time.

    Its singular values and right singular vectors are those of the rows, to rounding: nothing is squared. Source:
    Demmel, Grigori, Hoemmen and Langou (2012), sequential TSQR.
    """
    factor: np.ndarray | None = None
    for rows in blocks:
        factor = np.asarray(np.linalg.qr(rows if factor is None else np.vstack([factor, rows]), mode="r"))
    return np.empty((0, 0)) if factor is None else factor
