"""Charts as SVG and PNG, without a browser. The only module that imports vl-convert."""

import json
import re
from itertools import count
from typing import Any

from warehouse.errors import BadInput

DOTS = 2.0
"""Pixels of a PNG for each unit of a chart: sharp in print at 150 dots an inch."""
PAPER = "white"


def check() -> None:
    """See that charts can be drawn.

    Raises
    ------
    BadInput
        The library is not installed.
    """
    _library()


def pictures(spec: dict[str, Any]) -> dict[str, bytes]:
    """Draw a chart once; give it as ``svg`` and ``png``."""
    drawn = svg(spec)
    return {"svg": drawn.encode(), "png": png(drawn)}


def svg(spec: dict[str, Any]) -> str:
    """Draw a chart on white.

    Raises
    ------
    BadInput
        The library is not installed.
    """
    drawn: str = _library().vegalite_to_svg(json.dumps({**spec, "background": PAPER}))
    return _renumbered(drawn)


def _renumbered(drawn: str) -> str:
    """Count ids from 0: the library counts on from one drawing to the next, so that the same chart would differ."""
    numbers: dict[str, str] = {}
    fresh = count()
    return re.sub(
        r"\b(clip|gradient_)(\d+)\b", lambda found: numbers.setdefault(found[0], f"{found[1]}{next(fresh)}"), drawn
    )


def png(drawn: str) -> bytes:
    """Turn an SVG into pixels."""
    made: bytes = _library().svg_to_png(drawn, scale=DOTS)
    return made


def _library() -> Any:
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed", "drawing", "install attention-warehouse[figures]"
        ) from None
    return vl_convert
