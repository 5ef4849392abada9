"""Bounds of what users choose: beyond them there is no answer, or none before the memory ends."""

import math

from warehouse.errors import BadInput


def require(name: str, value: float, least: float, most: float) -> None:
    """Refuse a number that is none or out of bounds.

    Parameters
    ----------
    name : str
        The parameter's, e.g. ``tests_per_layer``.
    value, least, most : float
        What was chosen, and the bounds, both allowed.

    Raises
    ------
    BadInput
        Naming the option and its bounds.
    """
    if math.isnan(value) or not least <= value <= most:
        shown = f"{value:,}" if abs(value) < 1e18 else "the number"
        too = "small" if value < least else "large" if value > most else "little of a number"
        raise BadInput(f"{shown} is too {too}", f"--{name.replace('_', '-')}", f"give {least:,} to {most:,}")
